import { LegacySide, type LegacySink } from './legacy-side.js';
import { pythonTime } from './python-time.js';
import type { FrameSink } from './presence-book.js';
import type { Fault } from './faults.js';
import { PublisherSide, type Publish } from './publisher-side.js';
import { seededRandom, type Random } from './random.js';
import type { SimulatorCounts } from './simulator-counts.js';
import { Timeline } from './timeline.js';
import type { Chat, Topic } from './topic.js';
import type { Change, ChatMessage } from './truth.js';
import { World } from './world.js';

export interface SimulationOptions {
  /** the same seed, the same calls at the same times: the same play */
  readonly seed: number;
  /** who lives in the world from the start; whoever is looked at joins as a guest */
  readonly uids: readonly string[];
  /** changes per second over all users; 0 for none */
  readonly changesPerSecond: number;
  /** time of day at the start, milliseconds since 1970 */
  readonly startMs: number;
  readonly publish: Publish;
  /** default `user:` and `chat:` */
  readonly prefixes?: { readonly user: string; readonly chat: string };
  /** default 45,000 */
  readonly heartbeatMs?: number;
  /** how long a comparison waits for a partner, milliseconds; only counting planted faults needs it; default 5,000 */
  readonly windowMs?: number;
}

const SHOWN_MESSAGE_TYPES = ['MESSAGE', 'MESSAGE', 'MESSAGE', 'CARD', 'TOOL', 'WORKFLOW'] as const;

/** The outside world as a play without a timer, a socket or a clock of its own: `advanceTo` turns it. */
export class Simulation {
  private readonly timeline: Timeline;
  private readonly random: Random;
  private readonly world: World;
  private readonly legacy: LegacySide;
  private readonly publisher: PublisherSide;
  private readonly toldLegacy = { notifications: 0, messages: 0, chat: 0 };
  private legacyFailures = 0;
  private nextMessage = 0;
  private isPaused = false;

  constructor(private readonly options: SimulationOptions) {
    const { seed, startMs, uids, publish, prefixes = { user: 'user:', chat: 'chat:' } } = options;
    this.timeline = new Timeline(startMs, seededRandom(seed, 'clock'));
    this.random = seededRandom(seed, 'changes');
    const timeline = this.timeline;
    this.world = new World({ uids, random: seededRandom(seed, 'world'), micros: () => timeline.micros() });
    const user = (uid: string) => this.world.user(uid);
    this.legacy = new LegacySide({
      timeline,
      random: seededRandom(seed, 'legacy'),
      user,
      onTold: (listener, outcome) => {
        if (outcome === 'told') this.toldLegacy[listener]++;
        else this.legacyFailures++;
      },
    });
    this.publisher = new PublisherSide({
      timeline,
      latencyRandom: seededRandom(seed, 'latency'),
      faultRandom: seededRandom(seed, 'faults'),
      user,
      isToldByLegacy: (topic) => this.legacy.isListened(topic),
      publish,
      prefixes,
      heartbeatMs: options.heartbeatMs ?? 45_000,
      windowMs: options.windowMs ?? 5_000,
    });
    this.awaitChange();
  }

  /** Everything happens that is due until then. */
  advanceTo(nowMs: number): void {
    this.timeline.advanceTo(nowMs);
  }

  /** The backend's legacy side listens to a topic until it calls what this returns. */
  listen(topic: Topic, sink: LegacySink): () => void {
    this.world.join(topic);
    return this.legacy.listen(topic, sink);
  }

  /** Somebody holds the publisher's socket of a topic open until they call what this returns. */
  openSocket(topic: Topic, frame: FrameSink = () => undefined): () => void {
    this.world.join(topic);
    return this.publisher.openSocket(topic, frame);
  }

  isPresent(topic: Topic): boolean {
    return this.publisher.presence.isPresent(topic);
  }

  get presence(): { readonly present: number; readonly sockets: number } {
    return this.publisher.presence.size;
  }

  /** The chats that a user talks in. */
  chatsOf(uid: string): readonly Chat[] {
    return this.world.user(uid).chats;
  }

  get faults(): readonly Fault[] {
    return this.publisher.faults;
  }

  /** From here on these faults, and no others. */
  setFaults(faults: readonly Fault[]): void {
    this.publisher.faults = [...faults];
  }

  /** Nothing changes any more, until `resume`; what has changed is still told. */
  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  counts(): SimulatorCounts {
    const { published, silent, lost, faultCounts } = this.publisher;
    return {
      toldLegacy: { ...this.toldLegacy },
      legacyFailures: this.legacyFailures,
      published: { ...published },
      silent,
      lost,
      faults: faultCounts.list().map(({ first, type, count }) => ({ fault: first, type, count })),
      planted: this.publisher.plantedMismatches(),
    };
  }

  private awaitChange(): void {
    const { changesPerSecond } = this.options;
    if (changesPerSecond <= 0) return;
    // Independent changes: the time between two is exponential.
    const waitMs = (-Math.log(1 - this.random.next()) * 1000) / changesPerSecond;
    this.timeline.at(this.timeline.nowMs + waitMs, () => {
      const change = this.isPaused ? undefined : this.world.change();
      if (change !== undefined) this.apply(change);
      this.awaitChange();
    });
  }

  /** Legacy is told at once, Redis a moment later. */
  private apply(change: Change): void {
    const { uid } = change;
    switch (change.kind) {
      case 'list':
        this.legacy.listChanged(uid, change.list);
        this.publisher.listChanged(uid, change.list);
        return;
      case 'chat': {
        const topic = change.chat === undefined ? { uid } : { uid, chat: change.chat };
        for (const { afterMs, content } of change.messages) {
          this.timeline.at(this.timeline.nowMs + afterMs, () => {
            const message = this.newMessage(content);
            const toldLegacy = this.legacy.chatMessage(topic, message);
            this.publisher.happened(topic, 'chat.message', { kind: 'chat', message }, toldLegacy);
          });
        }
        return;
      }
      case 'event': {
        const { type, jobId, payload } = change;
        this.publisher.happened({ uid }, type, { kind: 'event', jobId, payload }, false);
      }
    }
  }

  /** Now and then one that legacy does not show: of a type it does not know, or read already. */
  private newMessage(content: string): ChatMessage {
    return {
      id: `-N${(this.nextMessage++).toString(36).padStart(7, '0')}`,
      content,
      message_type: this.random.chance(0.03) ? 'INTERNAL' : this.random.pick(SHOWN_MESSAGE_TYPES),
      read: this.random.chance(0.02),
      timestamp: pythonTime(this.timeline.micros()),
    };
  }
}

import type { Cancel } from '../../../src/contracts/clock.js';
import type { EventSource, SourceSink, SourceSubscription } from '../../../src/contracts/event-source.js';
import type { PresenceListener } from '../../../src/contracts/presence-listener.js';
import type { Resync } from '../../../src/contracts/resync.js';
import type { SourceHealth } from '../../../src/contracts/source-health.js';
import { otherSource, SOURCES, type Source } from '../../../src/domain/source.js';
import { topicKey, type Topic } from '../../../src/domain/topic.js';
import type { Envelope } from '../../../src/domain/user-event.js';
import type { ManualClock } from '../../manual-clock.js';
import type { WatchedPresence } from '../../../src/presence/present-source.js';
import { chatEnvelope, listEnvelope, redisOnlyEnvelope, type ListState } from './world-envelopes.js';
import {
  CHAT_KEY,
  LIST_TYPES,
  UID,
  type Emission,
  type ListType,
  type Outage,
  type OutageKind,
  type Truth,
  type WorldPlan,
} from './world-plan.js';

interface Open {
  readonly topic: Topic;
  readonly sink: SourceSink;
  attachedAtMs: number | undefined;
  stopRepeating?: Cancel;
}

interface Held {
  readonly topic: Topic;
  openedAtMs: number | undefined;
}

type Versions = Record<ListType, number>;

const SILENCE_MS = 45_000;
const LEGACY_REPEATS_MS = 5_000;
/** how long a presence may take to open before that counts as a gap */
export const OPENING_MS = 3_000;
const nothingHeard = (): Versions => ({ 'notif.sync': -1, 'msg.sync': -1 });

/**
 * A user's world: everything is emitted once, and each of two sources carries it with a lag of its own, in its
 * own order. Legacy hears while it is open. Redis says only what is published: of whoever is present here or
 * elsewhere, and never in an outage, not even in the part of it that nobody has noticed yet.
 */
export class TwoSourceWorld implements Resync {
  /** what sources that were open have said, and which */
  readonly said = new Map<Truth, Set<Source>>();
  /** what legacy said, or Redis while presence was open here: of anybody else it may fall silent at any time */
  readonly promised = new Set<Truth>();
  readonly state: Record<ListType, ListState> = {
    'notif.sync': { version: 0, items: 0, atMs: 0 },
    'msg.sync': { version: 0, items: 0, atMs: 0 },
  };
  /** the newest state of each list that each source has said since it was opened or last broke */
  readonly heard: Record<Source, Versions> = { legacy: nothingHeard(), redis: nothingHeard() };
  /** what an outage of one source swallowed while the other one was closed, or not asked to speak of the chat */
  readonly lost = new Set<Truth>();
  readonly resyncs: string[] = [];
  /** when the first source of the chat was attached, with its presence where it needs that */
  firstAttachedMs = Infinity;
  /** times around a break that came while no other source had been heard for a window */
  readonly thin: { readonly fromMs: number; readonly untilMs: number }[] = [];
  health: SourceHealth | undefined;
  private readonly open: Record<Source, Set<Open>> = { legacy: new Set(), redis: new Set() };
  private readonly held = new Set<Held>();
  private presenceListener: PresenceListener | undefined;
  /** the outage that nothing gets through, and whether it has been noticed */
  private readonly outage: Record<Source, { kind: OutageKind; isSeen: boolean } | undefined> = {
    legacy: undefined,
    redis: undefined,
  };
  /** since when each source has had no outage */
  private readonly wholeSinceMs: Record<Source, number> = { legacy: 0, redis: 0 };
  private versions = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly plan: WorldPlan,
    private readonly windowMs: number,
  ) {
    const lastMs: Record<string, number> = {};
    for (const emission of plan.emissions) {
      const { truth } = emission;
      const key = truth.kind === 'message' ? CHAT_KEY : UID;
      const version = truth.kind === 'list' ? ++this.versions : 0;
      clock.after(truth.atMs, () => {
        if (truth.kind === 'list') this.state[truth.type] = { version, items: truth.items, atMs: truth.atMs };
      });
      for (const source of SOURCES) {
        const lane = `${source} ${key}`;
        const atMs = Math.max(lastMs[lane] ?? 0, truth.atMs + emission.lagMs[source]);
        lastMs[lane] = atMs;
        clock.after(atMs, () => {
          this.say(source, key, emission, version);
        });
      }
    }
    for (const outage of plan.outages) this.schedule(outage);
  }

  source(source: Source): EventSource {
    return { source, open: (topic, sink) => this.openTopic(source, topic, sink) };
  }

  /** The publisher says both lists, twice, once it has a user's presence, unless the uid is attached elsewhere. */
  presence(): WatchedPresence {
    const { presenceMs } = this.plan;
    return {
      hold: (topic) => {
        const held: Held = { topic, openedAtMs: undefined };
        this.held.add(held);
        if (presenceMs === undefined) this.becomePresent(held);
        else
          this.clock.after(presenceMs, () => {
            if (this.outage.redis?.kind !== 'own_presence') this.becomePresent(held);
          });
        return {
          release: () => {
            this.held.delete(held);
          },
        };
      },
      listen: (listener) => {
        this.presenceListener = listener;
        return () => undefined;
      },
    };
  }

  read(topic: Topic): Promise<readonly Envelope[]> {
    this.resyncs.push(topicKey(topic));
    if (topic.chat !== undefined) return Promise.resolve([]);
    return Promise.resolve(
      LIST_TYPES.map((type) => ({
        ...this.list('redis', type, this.state[type], this.clock.elapsedMs()),
        reread: true,
      })),
    );
  }

  private becomePresent(held: Held): void {
    if (!this.held.has(held) || held.openedAtMs !== undefined) return;
    held.openedAtMs = this.clock.elapsedMs();
    // A presence that takes so long is a gap until then.
    if ((this.plan.presenceMs ?? 0) >= OPENING_MS) {
      this.heard.redis = nothingHeard();
      if (!this.isSteady('legacy'))
        this.noteThin(held.openedAtMs - (this.plan.presenceMs ?? 0), held.openedAtMs);
    }
    this.noteFirst(held.topic);
    this.presenceListener?.opened(held.topic, true);
    if (this.outage.redis?.isSeen === true && this.outage.redis.kind === 'other_presence')
      this.presenceListener?.lost(held.topic, { cause: 'presence', sinceMs: held.openedAtMs }, 'another');
    const { firstListsMs } = this.plan;
    if (held.topic.chat !== undefined || firstListsMs === undefined) return;
    this.clock.after(firstListsMs, () => {
      if (held.openedAtMs !== undefined) for (let n = 0; n < 2; n++) this.sayLists('redis', this.open.redis);
    });
  }

  private noteFirst(topic: Topic): void {
    if (topic.chat === undefined) return;
    const isHeard = SOURCES.some((source) =>
      [...this.open[source]].some(
        ({ topic: { chat }, attachedAtMs }) =>
          chat !== undefined &&
          attachedAtMs !== undefined &&
          (source === 'legacy' || this.isPresent(topic, Infinity)),
      ),
    );
    if (isHeard) this.firstAttachedMs = Math.min(this.firstAttachedMs, this.clock.elapsedMs());
  }

  private openTopic(source: Source, topic: Topic, sink: SourceSink): SourceSubscription {
    const open: Open = { topic, sink, attachedAtMs: undefined };
    this.open[source].add(open);
    const attach = (): void => {
      if (this.open[source].has(open)) this.attach(source, open);
    };
    if (this.isCut(source)) sink.detached(source === 'redis' ? 'link' : 'legacy_detached', 0);
    else if (this.plan.attachMs[source] === 0) attach();
    else this.clock.after(this.plan.attachMs[source], attach);
    return {
      close: () => {
        this.open[source].delete(open);
        open.stopRepeating?.();
        if (topic.chat === undefined) this.heard[source] = nothingHeard();
      },
    };
  }

  private attach(source: Source, open: Open): void {
    const { kind } = this.outage[source] ?? {};
    if (open.attachedAtMs !== undefined || kind === 'link' || kind === 'legacy') return;
    open.attachedAtMs = this.clock.elapsedMs();
    this.noteFirst(open.topic);
    open.sink.attached();
    if (source === 'legacy' && open.topic.chat === undefined) {
      this.sayLists('legacy', new Set([open]));
      open.stopRepeating ??= this.clock.every(LEGACY_REPEATS_MS, () => {
        this.repeatMessages(open);
      });
    }
  }

  /** Legacy says its messages again and again while there are any. */
  private repeatMessages(open: Open): void {
    for (const each of this.speakable('legacy', [open]))
      this.sayList('legacy', each, 'msg.sync', { ...this.state['msg.sync'], atMs: this.clock.elapsedMs() });
  }

  /** Whether a source is known to hear nothing. */
  private isCut(source: Source): boolean {
    const outage = this.outage[source];
    return outage?.isSeen === true && (outage.kind === 'link' || outage.kind === 'legacy');
  }

  private schedule(outage: Outage): void {
    const { kind, startMs, unseenMs, seenMs } = outage;
    const source = kind === 'legacy' ? 'legacy' : 'redis';
    this.clock.after(startMs, () => {
      this.outage[source] = { kind, isSeen: false };
    });
    this.clock.after(startMs + unseenMs, () => {
      this.notice(source, outage);
    });
    this.clock.after(startMs + unseenMs + seenMs, () => {
      this.outage[source] = undefined;
      this.wholeSinceMs[source] = this.clock.elapsedMs();
      if (kind === 'canary') this.health?.clear('canary');
      if (kind === 'own_presence') for (const held of [...this.held]) this.becomePresent(held);
      for (const open of [...this.open[source]]) this.attach(source, open);
    });
  }

  private notice(source: Source, { kind, unseenMs, startMs, seenMs }: Outage): void {
    const gap = { cause: 'presence' as const, sinceMs: startMs };
    const other = source === 'legacy' ? 'redis' : 'legacy';
    if (!this.isSteady(other)) {
      // A silence counts until the next message.
      const lastsMs = kind === 'other_presence' ? SILENCE_MS : seenMs;
      this.noteThin(startMs, startMs + unseenMs + lastsMs);
    }
    this.outage[source] = { kind, isSeen: true };
    this.heard[source] = nothingHeard();
    if (kind === 'canary') this.health?.doubt({ cause: 'canary', sinceMs: startMs });
    for (const held of [...this.held]) {
      if (held.openedAtMs === undefined || !kind.endsWith('presence')) continue;
      if (kind === 'own_presence') held.openedAtMs = undefined;
      this.presenceListener?.lost(held.topic, gap, kind === 'own_presence' ? 'itself' : 'another');
    }
    if (!this.isCut(source)) return;
    for (const open of [...this.open[source]]) {
      open.attachedAtMs = undefined;
      open.sink.detached(source === 'redis' ? 'link' : 'legacy_detached', unseenMs);
    }
  }

  private noteThin(brokeMs: number, backMs: number): void {
    this.thin.push({ fromMs: brokeMs - this.windowMs, untilMs: backMs + this.windowMs });
  }

  private hearsChat(source: Source): boolean {
    return [...this.open[source]].some(
      ({ topic, attachedAtMs }) =>
        topic.chat !== undefined &&
        attachedAtMs !== undefined &&
        (source === 'legacy' || this.isPresent(topic, Infinity)),
    );
  }

  /**
   * Whether a source has been heard for a window in the chat, Redis with the time that its presence has to open
   * before that, and was asked to speak of it by ourselves.
   */
  private isSteady(source: Source): boolean {
    const openingMs = source === 'redis' ? OPENING_MS : 0;
    const sinceMs = this.clock.elapsedMs() - this.windowMs - openingMs;
    if (this.outage[source] !== undefined || this.wholeSinceMs[source] > sinceMs) return false;
    return [...this.open[source]].some(
      ({ topic, attachedAtMs = Infinity }) =>
        topic.chat !== undefined &&
        attachedAtMs <= sinceMs &&
        (source === 'legacy' || this.isPresent(topic, sinceMs)),
    );
  }

  /** Whether the publisher speaks of a topic: where it gives no first lists, the uid is present elsewhere. */
  private isPublished(topic: Topic): boolean {
    if (this.outage.redis !== undefined) return false;
    return this.plan.firstListsMs === undefined || this.isPresent(topic, Infinity);
  }

  /** Whether a topic's presence has been open here since then. */
  private isPresent(topic: Topic, sinceMs: number): boolean {
    return [...this.held].some(
      (held) =>
        topicKey(held.topic) === topicKey(topic) &&
        held.openedAtMs !== undefined &&
        held.openedAtMs <= sinceMs,
    );
  }

  /** The topics that a source can say something of now. */
  private *speakable(source: Source, opens: Iterable<Open>): Generator<Open> {
    for (const open of opens) {
      const isSaid = source === 'legacy' ? this.outage.legacy === undefined : this.isPublished(open.topic);
      if (open.attachedAtMs !== undefined && isSaid) yield open;
    }
  }

  private say(source: Source, key: string, { truth, overtakes }: Emission, version: number): void {
    if (this.outage[source] !== undefined && !this.hearsChat(otherSource(source))) this.lost.add(truth);
    for (const open of this.speakable(source, [...this.open[source]])) {
      if (topicKey(open.topic) !== key) continue;
      if (truth.kind === 'redis_only') {
        if (source === 'redis') tell(source, open.sink, redisOnlyEnvelope(truth.atMs));
      } else if (truth.kind === 'list') {
        const { type, items, atMs } = truth;
        this.sayList(source, open, type, { version, items, atMs });
        if (overtakes && source === 'redis')
          this.sayList(source, open, type, { version: version - 1, items: items + 1, atMs: atMs - 1 });
      } else {
        this.said.set(truth, (this.said.get(truth) ?? new Set()).add(source));
        if (source === 'legacy' || this.isPresent(open.topic, Infinity)) this.promised.add(truth);
        tell(source, open.sink, chatEnvelope(truth));
      }
    }
  }

  private sayLists(source: Source, opens: ReadonlySet<Open>): void {
    for (const open of this.speakable(source, [...opens])) {
      if (open.topic.chat !== undefined) continue;
      for (const type of LIST_TYPES)
        this.sayList(source, open, type, { ...this.state[type], atMs: this.clock.elapsedMs() });
    }
  }

  private sayList(source: Source, { sink }: Open, type: ListType, state: ListState): void {
    // Legacy never says that there are no messages.
    if (source === 'legacy' && type === 'msg.sync' && state.items === 0) return;
    this.heard[source][type] = Math.max(this.heard[source][type], state.version);
    tell(source, sink, this.list(source, type, state, state.atMs));
  }

  private list(source: Source, type: ListType, state: ListState, readMs: number): Envelope {
    return listEnvelope(type, state, readMs + this.plan.skewMs[source]);
  }
}

/** Redis says its messages as bytes, laid out as the publisher does, to whoever wants them so. */
function tell(source: Source, sink: SourceSink, { payload, ...head }: Envelope): void {
  const envelope: Envelope = { ...head, said_by: source, payload };
  if (source === 'legacy' || sink.wants === 'events') sink.event(envelope);
  else sink.bytes(head.type, new TextEncoder().encode(JSON.stringify(envelope).replaceAll('":"', '": "')));
}

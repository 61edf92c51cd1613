import { ChannelLine, type Produce } from './channel-line.js';
import { drawnFault, faultsOf, type Fault, type FaultName } from './faults.js';
import { ListDivergence } from './list-divergence.js';
import { PresenceBook, type FrameSink } from './presence-book.js';
import { listPublication, wireText, type Publication, type PublicationBody } from './publication.js';
import type { Random } from './random.js';
import { PairCounts, type MismatchClass, type PlantedMismatches } from './simulator-counts.js';
import type { Timeline } from './timeline.js';
import { topicKey, type Topic } from './topic.js';
import { LIST_TYPES, type ListName, type UserTruth } from './truth.js';

/** Hands a text to Redis; rejects where Redis did not take it. */
export type Publish = (channel: string, text: string) => Promise<void>;

export interface PublisherSideOptions {
  readonly timeline: Timeline;
  /** decides latencies, and nothing else, so that a fault switched on changes no other draw */
  readonly latencyRandom: Random;
  readonly faultRandom: Random;
  readonly user: (uid: string) => UserTruth;
  readonly isToldByLegacy: (topic: Topic) => boolean;
  readonly publish: Publish;
  /** such as `user:` and `chat:` */
  readonly prefixes: { readonly user: string; readonly chat: string };
  /** milliseconds */
  readonly heartbeatMs: number;
  /** how long a comparison waits before it calls something missing, milliseconds */
  readonly windowMs: number;
}

const CHAT_MISMATCHES: Readonly<Partial<Record<FaultName, MismatchClass>>> = {
  drop: 'missing_in_redis',
  wrongPrefix: 'missing_in_redis',
  duplicate: 'duplicate',
  alter: 'different',
  reorder: 'reordered',
};
const LATENCY_MS = { min: 10, max: 60 } as const;
// Right after presence each list comes twice.
const FIRST_LISTS = [
  ['notifications', 20],
  ['messages', 30],
  ['notifications', 50],
  ['messages', 60],
] as const satisfies readonly (readonly [ListName, number])[];

/** The separate service that publishes on Redis: only for who is present, and in the form of the contract. */
export class PublisherSide {
  faults: readonly Fault[] = [];
  readonly presence: PresenceBook;
  readonly published: Record<string, number> = {};
  silent = 0;
  lost = 0;
  readonly faultCounts = new PairCounts<FaultName>();
  private readonly planted = new PairCounts<MismatchClass>();
  private readonly lines = new Map<string, ChannelLine>();
  private readonly divergence: ListDivergence;
  private written: { readonly publication: Publication; readonly text: string } | undefined;

  constructor(private readonly options: PublisherSideOptions) {
    const { timeline, heartbeatMs, windowMs } = options;
    this.divergence = new ListDivergence({ windowMs, nowMs: () => timeline.nowMs });
    this.presence = new PresenceBook(timeline, heartbeatMs, (topic, online) => {
      if (online) this.begin(topic);
      else this.end(topic);
    });
  }

  openSocket(topic: Topic, frame: FrameSink): () => void {
    return this.presence.open(topic, frame);
  }

  listChanged(uid: string, list: ListName): void {
    this.say({ uid }, this.latencyMs(), () => this.readList(uid, list));
  }

  /** A chat message or an event, said once. `toldLegacy`: legacy has told the same thing. */
  happened(topic: Topic, type: string, body: PublicationBody, toldLegacy: boolean): void {
    const { timeline } = this.options;
    this.say(topic, this.latencyMs(), () => ({
      topic,
      type,
      body,
      toldLegacy,
      saidMicros: timeline.micros(),
    }));
  }

  /** What a truthful comparison should have found because of the faults so far. */
  plantedMismatches(): PlantedMismatches[] {
    const events = this.planted.list().map(({ first, type, count }) => ({ class: first, type, count }));
    return [...events, ...this.divergence.totals()];
  }

  private latencyMs(): number {
    return this.options.latencyRandom.between(LATENCY_MS.min, LATENCY_MS.max);
  }

  private begin(topic: Topic): void {
    this.lines.set(topicKey(topic), this.newLine());
    if (topic.chat !== undefined) return;
    for (const [list, latencyMs] of FIRST_LISTS)
      this.say(topic, latencyMs, () => this.readList(topic.uid, list));
  }

  private end(topic: Topic): void {
    this.lines.delete(topicKey(topic));
    if (topic.chat !== undefined) return;
    for (const type of Object.values(LIST_TYPES)) this.divergence.forget(divergenceKey(topic.uid, type));
  }

  /** Silent where nobody is present, now or when its turn comes. */
  private say(topic: Topic, latencyMs: number, produce: Produce): void {
    const line = this.lines.get(topicKey(topic));
    if (line === undefined) {
      this.silent++;
      return;
    }
    line.say(latencyMs, () => {
      if (this.lines.get(topicKey(topic)) !== line) {
        this.silent++;
        return undefined;
      }
      const publication = produce();
      // Whoever holds a socket gets the truth: the faults are on the way to Redis.
      if (publication !== undefined) this.presence.frame(topic, this.textOf(publication));
      return publication;
    });
  }

  private readList(uid: string, list: ListName): Publication {
    const { timeline, user, isToldByLegacy } = this.options;
    const items = user(uid).lists[list];
    const toldLegacy = isToldByLegacy({ uid });
    if (toldLegacy) this.divergence.read(divergenceKey(uid, LIST_TYPES[list]), LIST_TYPES[list], items);
    return listPublication(uid, list, items, toldLegacy, () => timeline.micros());
  }

  private newLine(): ChannelLine {
    const { timeline, faultRandom: random } = this.options;
    return new ChannelLine({
      timeline,
      random,
      faultFor: (type) => drawnFault(faultsOf(this.faults, type), random.next()),
      emit: (publication, prefix) => {
        this.emit(publication, prefix === 'wrong' ? 'wrong:' : '');
      },
      onFault: (fault, publication, delayMs) => {
        this.countFault(fault, publication, delayMs);
      },
    });
  }

  private emit(publication: Publication, wrongPrefix: string): void {
    const { prefixes, publish } = this.options;
    const { topic, type, body } = publication;
    const prefix = topic.chat === undefined ? prefixes.user : prefixes.chat;
    this.published[type] = (this.published[type] ?? 0) + 1;
    const key = divergenceKey(topic.uid, type);
    if (body.kind === 'list' && wrongPrefix === '') this.divergence.arrived(key, body.items, body.readMicros);
    publish(`${wrongPrefix}${prefix}${topicKey(topic)}`, this.textOf(publication)).catch(() => {
      this.lost++;
      this.divergence.forget(key);
    });
  }

  /** Mostly the same is written for a frame and, straight after, for Redis. */
  private textOf(publication: Publication): string {
    if (this.written?.publication !== publication)
      this.written = { publication, text: wireText(publication) };
    return this.written.text;
  }

  private countFault(fault: FaultName, { type, body, toldLegacy }: Publication, delayMs: number): void {
    this.faultCounts.add(fault, type);
    if (body.kind !== 'chat' || !toldLegacy) return;
    const mismatch = delayMs > this.options.windowMs ? 'missing_in_redis' : CHAT_MISMATCHES[fault];
    if (mismatch !== undefined) this.planted.add(mismatch, type);
  }
}

function divergenceKey(uid: string, type: string): string {
  return `${uid} ${type}`;
}

import type { EventSource, SourceSink, SourceSubscription } from '../../src/contracts/event-source.js';
import type { Resync } from '../../src/contracts/resync.js';
import type { Source } from '../../src/domain/source.js';
import { topicKey, type Topic } from '../../src/domain/topic.js';
import type { Envelope } from '../../src/domain/user-event.js';
import type { ManualClock } from '../manual-clock.js';

export const UID = 'u1';
export const CHAT = { spaceCode: 's', threadKey: 't' };
export const CHAT_KEY = `${UID}:s:t`;
export type ListType = 'notif.sync' | 'msg.sync';
const ITEMS = { 'notif.sync': 'notifications', 'msg.sync': 'messages' } as const;

/** Something that happened once; each source carries it after a lag of its own. */
export type Truth =
  | { readonly kind: 'message'; readonly atMs: number; readonly text: string; readonly id?: string }
  | { readonly kind: 'list'; readonly atMs: number; readonly type: ListType; readonly items: number }
  | { readonly kind: 'redis_only'; readonly atMs: number };

export interface Emission {
  readonly truth: Truth;
  readonly lagMs: Readonly<Record<Source, number>>;
  /** Redis says the list before this one once more, with its old timestamp: a snapshot that was overtaken */
  readonly overtakes: boolean;
}

/** Redis is dead from `startMs`, is seen to be dead `unseenMs` later, and is back after another `seenMs`. */
export interface Outage {
  readonly startMs: number;
  readonly unseenMs: number;
  readonly seenMs: number;
}

export interface WorldPlan {
  readonly emissions: readonly Emission[];
  readonly outages: readonly Outage[];
  /** from `open` to `attached` */
  readonly attachMs: Readonly<Record<Source, number>>;
  /** from presence to the first lists; undefined where the uid is attached elsewhere and gets none */
  readonly firstListsMs: number | undefined;
  /** how far each source's clock is off */
  readonly skewMs: Readonly<Record<Source, number>>;
}

interface Open {
  readonly topic: Topic;
  readonly sink: SourceSink;
  attached: boolean;
}

/**
 * A user's world: everything is emitted once, and each of two sources carries it with a lag of its own, each in
 * its own order. Legacy hears while it is open; Redis is deaf during outages, and silent about the first part
 * of each.
 */
export class TwoSourceWorld implements Resync {
  /** what sources that were open have said, and which */
  readonly said = new Map<Truth, Set<Source>>();
  /** when Redis said each thing, or would have said it */
  readonly redisAtMs = new Map<Truth, number>();
  readonly state: Record<ListType, { version: number; items: number; atMs: number }> = {
    'notif.sync': { version: 0, items: 0, atMs: 0 },
    'msg.sync': { version: 0, items: 0, atMs: 0 },
  };
  /** the newest state of each list that each source has said since it was opened or last broke */
  readonly heard: Record<Source, Record<ListType, number>> = {
    legacy: { 'notif.sync': -1, 'msg.sync': -1 },
    redis: { 'notif.sync': -1, 'msg.sync': -1 },
  };
  readonly resyncs: string[] = [];
  /** when the first source of the chat was attached */
  firstAttachedMs = Infinity;
  private readonly open: Record<Source, Set<Open>> = { legacy: new Set(), redis: new Set() };
  private link: 'whole' | 'dead' | 'known_dead' = 'whole';
  private versions = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly plan: WorldPlan,
  ) {
    const lastMs: Record<string, number> = {};
    for (const emission of [...plan.emissions].sort((a, b) => a.truth.atMs - b.truth.atMs)) {
      const { truth } = emission;
      const key = truth.kind === 'message' ? CHAT_KEY : UID;
      const version = truth.kind === 'list' ? ++this.versions : 0;
      clock.after(truth.atMs, () => {
        if (truth.kind === 'list') this.state[truth.type] = { version, items: truth.items, atMs: truth.atMs };
      });
      for (const source of ['legacy', 'redis'] as const) {
        const lane = `${source} ${key}`;
        const atMs = Math.max(lastMs[lane] ?? 0, truth.atMs + emission.lagMs[source]);
        lastMs[lane] = atMs;
        if (source === 'redis') this.redisAtMs.set(truth, atMs);
        clock.after(atMs, () => {
          this.say(source, key, emission, version);
        });
      }
    }
    for (const outage of plan.outages) this.schedule(outage);
  }

  source(source: Source): EventSource {
    return { source, open: (topic, sink) => this.opened(source, topic, sink) };
  }

  /** Presence on Redis: the publisher says both lists, twice, unless the uid is attached elsewhere. */
  present(topic: Topic): void {
    if (topic.chat !== undefined || this.plan.firstListsMs === undefined) return;
    this.clock.after(this.plan.firstListsMs, () => {
      for (let n = 0; n < 2; n++) this.sayLists('redis', this.open.redis);
    });
  }

  read(topic: Topic): Promise<readonly Envelope[]> {
    this.resyncs.push(topicKey(topic));
    return Promise.resolve(topic.chat === undefined ? this.presentLists('redis') : []);
  }

  private opened(source: Source, topic: Topic, sink: SourceSink): SourceSubscription {
    const open: Open = { topic, sink, attached: false };
    this.open[source].add(open);
    const attach = (): void => {
      if (!this.open[source].has(open) || open.attached) return;
      if (source === 'redis' && this.link !== 'whole') return;
      open.attached = true;
      if (topic.chat !== undefined)
        this.firstAttachedMs = Math.min(this.firstAttachedMs, this.clock.elapsedMs());
      sink.attached();
      if (source === 'legacy' && topic.chat === undefined) this.sayLists('legacy', new Set([open]));
    };
    if (source === 'redis' && this.link === 'known_dead') sink.detached('link', 0);
    if (this.plan.attachMs[source] === 0) attach();
    else this.clock.after(this.plan.attachMs[source], attach);
    return {
      close: () => {
        this.open[source].delete(open);
        if (topic.chat === undefined) this.heard[source] = { 'notif.sync': -1, 'msg.sync': -1 };
      },
    };
  }

  private schedule({ startMs, unseenMs, seenMs }: Outage): void {
    this.clock.after(startMs, () => {
      this.link = 'dead';
    });
    this.clock.after(startMs + unseenMs, () => {
      this.link = 'known_dead';
      this.heard.redis = { 'notif.sync': -1, 'msg.sync': -1 };
      for (const open of [...this.open.redis]) {
        open.attached = false;
        open.sink.detached('link', unseenMs);
      }
    });
    this.clock.after(startMs + unseenMs + seenMs, () => {
      this.link = 'whole';
      for (const open of [...this.open.redis]) {
        if (open.attached) continue;
        open.attached = true;
        this.firstAttachedMs = Math.min(this.firstAttachedMs, this.clock.elapsedMs());
        open.sink.attached();
      }
    });
  }

  private say(source: Source, key: string, { truth, overtakes }: Emission, version: number): void {
    for (const open of [...this.open[source]]) {
      if (!open.attached || topicKey(open.topic) !== key || (source === 'redis' && this.link !== 'whole'))
        continue;
      if (truth.kind === 'redis_only') {
        if (source === 'redis') open.sink.event(this.envelope('task.progress_update', { at: truth.atMs }));
        continue;
      }
      if (truth.kind === 'list') {
        const { type, items, atMs } = truth;
        this.sayList(source, open, type, version, items, atMs);
        if (overtakes && source === 'redis')
          this.sayList(source, open, type, version - 1, items + 1, atMs - 1);
        continue;
      }
      this.said.set(truth, (this.said.get(truth) ?? new Set()).add(source));
      const { id, text } = truth;
      const message = {
        ...(id === undefined ? {} : { id }),
        content: text,
        sender: source.length > 0 ? 'x' : '',
      };
      const payload = { space_code: CHAT.spaceCode, thread_key: CHAT.threadKey, raw_messages: [message] };
      open.sink.event(this.envelope('chat.message', payload));
    }
  }

  private sayLists(source: Source, opens: ReadonlySet<Open>): void {
    for (const open of opens) {
      if (!open.attached || open.topic.chat !== undefined) continue;
      if (source === 'redis' && this.link !== 'whole') continue;
      for (const type of ['notif.sync', 'msg.sync'] as const) {
        const { version, items } = this.state[type];
        this.sayList(source, open, type, version, items, this.clock.elapsedMs());
      }
    }
  }

  private sayList(
    source: Source,
    open: Open,
    type: ListType,
    version: number,
    items: number,
    readMs: number,
  ): void {
    // Legacy never says that there are no messages.
    if (source === 'legacy' && type === 'msg.sync' && items === 0) return;
    this.heard[source][type] = Math.max(this.heard[source][type], version);
    open.sink.event(this.list(source, type, version, items, readMs));
  }

  private presentLists(source: Source): Envelope[] {
    return (['notif.sync', 'msg.sync'] as const).map((type) => {
      const { version, items } = this.state[type];
      return { ...this.list(source, type, version, items, this.clock.elapsedMs()), reread: true };
    });
  }

  private list(source: Source, type: ListType, version: number, items: number, readMs: number): Envelope {
    const stamp = new Date(Date.parse('2025-01-01T00:00:00Z') + readMs + this.plan.skewMs[source]);
    const text = stamp.toISOString().replace('Z', '000+00:00');
    // An empty list has no version to tell it by: all empty ones are one state.
    const said = Array.from({ length: items }, (_, n) => ({
      doc_id: `d${n}`,
      status: `v${version}`,
      timestamp: text,
    }));
    return this.envelope(type, { [ITEMS[type]]: said, count: items, timestamp: text });
  }

  private envelope(type: string, payload: object): Envelope {
    return { type, uid: UID, timestamp: '2025-09-20T11:43:59.500000+00:00', payload };
  }
}

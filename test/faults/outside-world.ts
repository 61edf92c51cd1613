import type { LegacyItem, LegacyTuple } from '../../src/domain/legacy-item.js';
import { channelOf, type Chat, type Topic } from '../../src/domain/topic.js';
import type { Source } from '../../src/domain/source.js';
import { seededRandom, type Random } from '../../src/service/simulator/random.js';
import type { Books, Happening } from './books.js';
import { Publisher } from './publisher.js';

export const CHAT: Chat = { spaceCode: 'sp1', threadKey: 'th1' };

export interface OutsideWorldOptions {
  readonly uids: readonly string[];
  readonly seed: number;
  readonly redis: { readonly host: string; readonly port: number };
  readonly books: Books;
  readonly changesPerSecond: number;
  readonly heartbeatMs?: number;
  /** how often legacy says a user's messages, default 5,000 */
  readonly messagesPeriodMs?: number;
  /** nobody needs to hold a socket, and nobody reads a chat: for more users than there are sockets */
  readonly everybodyIsPresent?: boolean;
}

interface Item {
  readonly doc_id: string;
  readonly message: string;
}

type ListType = 'notif.sync' | 'msg.sync';

const ITEMS = { 'notif.sync': 'notifications', 'msg.sync': 'messages' } as const;
const TICK_MS = 10;
/** legacy is told at once, the publisher a moment later */
const LATENCY_MS = 8;

/** Users to whom things happen, told by legacy and by the publisher, and written into the books. */
export class OutsideWorld {
  readonly publisher: Publisher;
  /** the backend; whoever starts it sets it */
  module:
    { push(uid: string, item: LegacyItem): void; servedBy(topic: Topic): Source | undefined } | undefined;
  /** whether re-reading fails or takes this long, milliseconds */
  rereading: 'fails' | number = 0;
  /** nothing happens while it is true */
  isQuiet = true;
  private readonly random: Random;
  private readonly lists = new Map<string, Record<ListType, readonly Item[]>>();
  private readonly timers: NodeJS.Timeout[];
  private next = 0;
  private dueChanges = 0;
  private micros = 0;

  constructor(private readonly options: OutsideWorldOptions) {
    const {
      uids,
      seed,
      redis,
      books,
      heartbeatMs = 45_000,
      changesPerSecond,
      messagesPeriodMs = 5_000,
    } = options;
    this.random = seededRandom(seed, 'world');
    for (const uid of uids) {
      this.lists.set(uid, { 'notif.sync': [this.newItem()], 'msg.sync': [this.newItem()] });
      for (const type of LISTS) books.listIs(uid, type, this.listOf(uid, type));
    }
    this.publisher = new Publisher({
      redis,
      heartbeatMs,
      onPresent: (topic) => {
        this.firstLists(topic);
      },
    });
    const change = () => {
      if (this.isQuiet) return;
      this.dueChanges += (changesPerSecond * TICK_MS) / 1000;
      for (; this.dueChanges >= 1; this.dueChanges--) this.change();
    };
    const repeat = () => {
      for (const uid of uids) this.legacySays(uid, 'msg.sync');
    };
    this.timers = [setInterval(change, TICK_MS)];
    // Of a crowd nobody's messages change.
    if (options.everybodyIsPresent !== true) this.timers.push(setInterval(repeat, messagesPeriodMs));
  }

  listOf(uid: string, type: ListType): readonly Item[] {
    return this.lists.get(uid)?.[type] ?? [];
  }

  /** The present lists of a topic as whoever re-reads the database gets them. */
  async reread({ uid, chat }: Topic): Promise<readonly LegacyTuple[]> {
    const { rereading } = this;
    if (rereading === 'fails') throw new Error('the database is ill');
    if (rereading > 0) await new Promise((resolve) => setTimeout(resolve, rereading));
    return chat === undefined ? LISTS.map((type) => this.tuple(uid, type)) : [];
  }

  /** A legacy listener that starts says its lists once. */
  legacyStarts({ uid, chat }: Topic): void {
    if (chat !== undefined) return;
    setImmediate(() => {
      for (const type of LISTS) this.legacySays(uid, type);
    });
  }

  /** Something happens that only Redis says, to each of these, with this much to say. */
  async burst(uids: readonly string[], each: number, bytes: number): Promise<void> {
    const happenings = uids.flatMap((uid) =>
      Array.from({ length: each }, () => this.newHappening({ uid }, 'task.progress_update')),
    );
    await this.publisher
      .publishAtOnce(
        happenings.map((one) => [
          channelOf(one.topic, this.publisher.prefixes),
          this.taskText(one, 'x'.repeat(bytes)),
        ]),
      )
      .catch(() => undefined);
    for (const one of happenings) one.publishedAtMs = Date.now();
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.publisher.stop();
  }

  /** Each list of each user changes once more. */
  changeEveryList(): void {
    for (const uid of this.options.uids) for (const type of LISTS) this.changeList(uid, type);
  }

  private change(): void {
    const { uids } = this.options;
    const uid = uids[this.random.between(0, uids.length - 1)] ?? '';
    const dice = this.random.next();
    if (dice < 0.3) this.changeList(uid, 'notif.sync');
    else if (dice < 0.4 && this.options.everybodyIsPresent !== true) this.changeList(uid, 'msg.sync');
    else if (dice < 0.6) this.message({ uid });
    else if (dice < 0.8) this.message({ uid, chat: CHAT });
    else this.task(uid);
  }

  private changeList(uid: string, type: ListType): void {
    const lists = this.lists.get(uid);
    if (lists === undefined) return;
    const kept = lists[type].length > 5 ? lists[type].slice(1) : lists[type];
    lists[type] = this.random.chance(0.5)
      ? [...kept, this.newItem()]
      : [...kept.slice(0, -1), { doc_id: kept.at(-1)?.doc_id ?? 'd', message: `m${this.next++}` }];
    this.options.books.listIs(uid, type, lists[type]);
    if (type === 'notif.sync') this.legacySays(uid, type);
    this.later({ uid }, () => this.listText(uid, type));
  }

  private message(topic: Topic): void {
    const { chat } = topic;
    // Nobody is asked for a chat that not everybody reads.
    if (chat !== undefined && !this.readsChat(topic.uid)) return;
    const happening = this.newHappening(topic, 'chat.message');
    const place = chat === undefined ? {} : { space_code: chat.spaceCode, thread_key: chat.threadKey };
    const payload = { ...place, raw_messages: [messageOf(happening.id)] };
    this.module?.push(topic.uid, [`chat_${chat?.spaceCode ?? ''}_${chat?.threadKey ?? ''}`, payload]);
    this.later(topic, () => this.text(topic.uid, 'chat.message', payload), happening);
  }

  /** Whether the publisher listens for a topic. */
  isPresent(topic: Topic): boolean {
    return this.options.everybodyIsPresent === true || this.publisher.isPresent(topic);
  }

  /** Every second user has a chat open. */
  readsChat(uid: string): boolean {
    return this.options.everybodyIsPresent !== true && Number(uid.slice(4)) % 2 === 0;
  }

  private task(uid: string): void {
    const happening = this.newHappening({ uid }, 'task.progress_update');
    this.later({ uid }, () => this.taskText(happening), happening);
  }

  private newHappening(topic: Topic, type: string): Happening {
    const happening: Happening = { topic, type, id: `e${this.next++}`, atMs: Date.now() };
    // What only Redis says is nobody's due whom legacy serves.
    if (type === 'chat.message' || this.module?.servedBy(topic) === 'redis')
      this.options.books.happened(happening);
    return happening;
  }

  /** The publisher is silent about whoever is not present. */
  private later(topic: Topic, text: () => string, happening?: Happening): void {
    setTimeout(() => {
      if (!this.isPresent(topic)) return;
      const channel = channelOf(topic, this.publisher.prefixes);
      const said = (): void => {
        if (happening !== undefined) happening.publishedAtMs = Date.now();
      };
      this.publisher.publish(channel, text()).then(said, said);
    }, LATENCY_MS);
  }

  private firstLists(topic: Topic): void {
    if (topic.chat !== undefined) return;
    for (const type of [...LISTS, ...LISTS]) this.later(topic, () => this.listText(topic.uid, type));
  }

  private legacySays(uid: string, type: ListType): void {
    this.module?.push(uid, this.tuple(uid, type));
  }

  private tuple(uid: string, type: ListType): LegacyTuple {
    return [ITEMS[type], this.listPayload(uid, type)];
  }

  private listText(uid: string, type: ListType): string {
    return this.text(uid, type, this.listPayload(uid, type));
  }

  private listPayload(uid: string, type: ListType): Record<string, unknown> {
    const items = this.listOf(uid, type);
    return { [ITEMS[type]]: items, count: items.length, timestamp: this.timestamp() };
  }

  private taskText({ topic, id }: Happening, data = ''): string {
    return this.text(topic.uid, 'task.progress_update', {
      task_id: id,
      status: 'running',
      progress: 1,
      data,
    });
  }

  private text(uid: string, type: string, payload: object): string {
    return `{"type": "${type}", "uid": "${uid}", "timestamp": "${this.timestamp()}", "payload": ${JSON.stringify(payload)}}`;
  }

  /** Microseconds, later at each call. */
  private timestamp(): string {
    this.micros = Math.max(this.micros + 1, Date.now() * 1000);
    const seconds = new Date(Math.floor(this.micros / 1000)).toISOString().slice(0, 19);
    return `${seconds}.${String(this.micros % 1_000_000).padStart(6, '0')}+00:00`;
  }

  private newItem(): Item {
    return { doc_id: `d${this.next++}`, message: `m${this.next++}` };
  }
}

const LISTS = ['notif.sync', 'msg.sync'] as const;

function messageOf(id: string) {
  return { id, content: `about ${id}`, message_type: 'MESSAGE', read: false };
}

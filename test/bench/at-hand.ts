import { Registry } from 'prom-client';
import { ComparisonBook } from '../../src/comparing/comparison-book.js';
import { comparingBounds } from '../../src/comparing/comparing-settings.js';
import { Doubts } from '../../src/comparing/doubts.js';
import { LetterRoom } from '../../src/comparing/letter-room.js';
import { ListPair } from '../../src/comparing/list-pair.js';
import { PairJudge, type Said } from '../../src/comparing/pair-judge.js';
import { Rules, type Rule } from '../../src/comparing/rules.js';
import { HoldingLimit, SessionFindings, type SharedParts } from '../../src/comparing/session-findings.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { chatMessageId, chatMessages } from '../../src/domain/event-identity.js';
import type { Source } from '../../src/domain/source.js';
import { topicOf } from '../../src/domain/topic.js';
import { isJsonObject, type Envelope, type JsonObject } from '../../src/domain/user-event.js';
import { PromRecorder } from '../../src/metrics/prom-recorder.js';
import { uidOf } from './messages.js';

/** What one comparison is of whose two sides are there: an experiment's own work, and no more. */
type Pair = readonly [Envelope, Envelope];

const rules = new Rules([{ type: 'notif.sync', settleMs: 0 }]);
const CHAT = rules.ruleOf('chat.message');
const LIST = rules.ruleOf('notif.sync');
const EVERYTHING = new HoldingLimit(Infinity);

/** Judges pairs at once, with all that is counted of a verdict, and without a queue, a wait or a memory of it. */
export class AtHand {
  private readonly book: ComparisonBook;
  private readonly shared: SharedParts;
  private readonly chats: readonly PairJudge[];
  private readonly lists: readonly ListPair[];

  constructor(topics: number) {
    const clock = new SystemClock();
    const recorder = new PromRecorder({ registry: new Registry(), clock });
    this.book = new ComparisonBook(recorder, clock, comparingBounds({}), undefined, undefined);
    const letters = new LetterRoom(Infinity);
    const parts = { pending: EVERYTHING, items: EVERYTHING, letters, frozen: new Doubts() };
    this.shared = { ...parts, book: this.book, held: () => undefined };
    const all = Array.from({ length: topics }, (_, user) => user);
    this.chats = all.map((user) => new PairJudge(CHAT.type, CHAT, undefined, this.findingsOf(user)));
    this.lists = all.map((user) => this.listPair(user));
  }

  events(pairs: readonly Pair[]): void {
    this.all(pairs, (n, [legacy, redis]) => {
      const second = saidBy('redis', redis);
      this.chats[n % this.chats.length]?.judge(saidBy('legacy', legacy), second, second, false);
    });
  }

  /** The last list is kept, as it has to be to tell whether there is anything to compare. */
  lastLists(pairs: readonly Pair[]): void {
    this.all(pairs, (n, [legacy, redis]) => {
      const pair = this.lists[n % this.lists.length];
      pair?.said('legacy', payloadOf(legacy), undefined, n);
      pair?.said('redis', payloadOf(redis), undefined, n);
      pair?.judge(n);
    });
  }

  private all(pairs: readonly Pair[], judge: (n: number, pair: Pair) => void): void {
    const before = this.book.sums.read().trials;
    for (let n = 0; n < pairs.length; n++) {
      const pair = pairs[n];
      if (pair !== undefined) judge(n, pair);
    }
    if (this.book.sums.read().trials !== before + pairs.length) throw new Error('Not all were judged.');
    if (this.book.samples.newestFirst().length > 0) throw new Error('It differs.');
  }

  private findingsOf(user: number): SessionFindings {
    return new SessionFindings(topicOf(uidOf(user)), this.shared);
  }

  private listPair(user: number): ListPair {
    const unknown = { legacy: { reason: 'warm_up' }, redis: { reason: 'warm_up' } } as const;
    return new ListPair(LIST.type, LIST satisfies Rule, undefined, this.findingsOf(user), unknown);
  }
}

function saidBy(source: Source, envelope: Envelope): Said {
  const [message = {}] = chatMessages('chat.message', payloadOf(envelope)) ?? [];
  return {
    source,
    key: chatMessageId(message) ?? '',
    natural: true,
    value: message,
    atMs: 0,
    unshown: false,
  };
}

function payloadOf({ payload }: Envelope): JsonObject {
  return isJsonObject(payload) ? payload : {};
}

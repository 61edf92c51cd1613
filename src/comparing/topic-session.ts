import type { ComparisonSession } from '../contracts/comparer.js';
import { contentIdentity, contentOf, chatMessageId, chatMessages } from '../domain/event-identity.js';
import { digestText } from '../domain/digest.js';
import type { GapStart } from '../domain/gap.js';
import { listStampMicros } from '../domain/list.js';
import { SOURCES, type Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { JsonObject, UserEvent } from '../domain/user-event.js';
import type { Due } from './due-wheel.js';
import { EventLane, type LaneLimits } from './event-lane.js';
import { ListPair } from './list-pair.js';
import type { Excuse } from './mismatch.js';
import type { Said } from './pair-judge.js';
import { lenient, valueAt } from './path.js';
import type { Rule, Rules } from './rules.js';
import type { SessionFindings } from './session-findings.js';
import { isShownByLegacy } from './shown-by-legacy.js';
import type { Work } from './work-queue.js';

/** What a session needs of the comparer that it belongs to. */
export interface SessionDesk extends LaneLimits {
  readonly rules: Rules;
  /** both sides are one source: nothing is hidden, and an event is known by all that it says */
  readonly sameSource: boolean;
  readonly maxLanes: number;
  /** Queues something to be looked at in its turn. */
  put(work: Work<TopicSession>): void;
  due(session: TopicSession, dueMs: number): void;
  ended(session: TopicSession): void;
  nowMs(): number;
}

// Longer than any window: a doubt that ended before touches nothing that may still be judged.
const FORGET_AFTER_MS = 3_600_000;

const WARM_UP: Excuse = Object.freeze({ reason: 'warm_up' });
/** Before a source was first attached; one object for all. */
const OPENING: Readonly<Record<Source, Excuse>> = Object.freeze({
  legacy: Object.freeze({ reason: 'one_sided' }),
  redis: WARM_UP,
});

/** The comparison of one topic: one lane for each type that is compared. */
export class TopicSession implements ComparisonSession, Due {
  private isEnded = false;
  /** kept by whoever looks after what is due */
  dueTick: number | undefined = undefined;
  // Made when first something is said: most topics are silent most of the time.
  private pairs: Map<string, ListPair> | undefined;
  private lanes: Map<string, EventLane> | undefined;
  private unknown: Readonly<Record<Source, Excuse>> = OPENING;
  private readonly isAttached = { legacy: false, redis: false };

  constructor(
    private readonly topic: Topic,
    private readonly findings: SessionFindings,
    private readonly desk: SessionDesk,
  ) {
    for (const source of SOURCES) this.findings.doubts.open(source, -Infinity, this.unknown[source].reason);
  }

  attached(source: Source): void {
    const atMs = this.desk.nowMs();
    this.later(() => {
      this.findings.doubts.close(source, atMs, ['warm_up', 'one_sided', 'redis_gap', 'legacy_gap']);
      if (this.isEnded) return;
      this.isAttached[source] = true;
      if (this.unknown[source].reason === 'one_sided') this.excuse(source, WARM_UP);
      for (const pair of this.pairs?.values() ?? []) this.attach(pair, source, atMs);
      this.settle(atMs);
    });
  }

  detached(source: Source, gap: GapStart): void {
    this.later(() => {
      const excuse = excuseOf(source, gap);
      this.findings.doubts.open(source, gap.sinceMs, excuse.reason, gap.cause);
      if (this.isEnded) return;
      this.isAttached[source] = false;
      this.excuse(source, excuse);
      for (const pair of this.pairs?.values() ?? []) pair.forget(source, excuse);
    });
  }

  arrived(event: UserEvent): void {
    if (!this.isEnded) this.desk.put({ event, session: this });
  }

  handover(underway: boolean): void {
    const atMs = this.desk.nowMs();
    this.later(() => {
      for (const source of SOURCES) {
        if (underway) this.findings.doubts.open(source, atMs, 'handover');
        else this.findings.doubts.close(source, atMs, ['handover']);
      }
      if (!underway && !this.isEnded) this.settle(atMs);
    });
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    for (const pair of this.pairs?.values() ?? []) pair.end();
    for (const lane of this.lanes?.values() ?? []) lane.end();
    this.pairs = this.lanes = undefined;
    this.desk.ended(this);
  }

  /** Looks at an arrival, in its turn. */
  look(event: UserEvent, rule: Rule): void {
    if (this.isEnded) return;
    if (rule.compare === 'not') this.findings.notCompared(event.type, 'type_unknown_to_legacy');
    else if (!this.isSampled(rule)) this.findings.notCompared(event.type, 'sampled_out');
    else {
      const payload =
        rule.normalise === undefined ? event.payload : rule.normalise(event.payload, event.source);
      if (payload === undefined) this.findings.notCompared(event.type, 'never_shown_by_legacy');
      else if (rule.compare === 'list') this.lookAtList(event, payload, rule);
      else this.lookAtEvent(event, payload, rule);
    }
  }

  /** An arrival was dropped unseen: whatever it would have been held against is excused. */
  lose(event: UserEvent): void {
    const rule = this.desk.rules.ruleOf(event.type);
    if (this.isEnded || rule.compare === 'not' || !this.isSampled(rule)) return;
    this.findings.dropped(event.source, event.arrivedAtMs, event.type);
    if (rule.compare === 'list') this.pairOf(event.type, rule)?.forget(event.source, { reason: 'overload' });
  }

  judge(nowMs: number): void {
    this.findings.doubts.forgetBefore(nowMs - FORGET_AFTER_MS);
    // One after the other, and no list of them: mostly there is one of all, and nothing to be judged any more.
    if (this.pairs !== undefined) for (const pair of this.pairs.values()) this.judgeOne(pair, nowMs);
    if (this.lanes !== undefined) for (const lane of this.lanes.values()) this.judgeOne(lane, nowMs);
  }

  private judgeOne(each: ListPair | EventLane, nowMs: number): void {
    each.judge(nowMs);
    this.due(each);
  }

  private lookAtList(event: UserEvent, payload: JsonObject, rule: Rule): void {
    const pair = this.pairOf(event.type, rule);
    if (pair === undefined) return;
    pair.said(event.source, payload, listStampMicros(event), event.arrivedAtMs);
    this.due(pair);
  }

  private lookAtEvent(event: UserEvent, payload: JsonObject, rule: Rule): void {
    const messages = this.desk.sameSource ? undefined : chatMessages(event.type, payload);
    const { source, arrivedAtMs: atMs } = event;
    if (messages === undefined) {
      const value = { ...contentOf(event), payload };
      const key = this.identity(event.type, value, rule);
      const natural = rule.identity !== undefined;
      this.say(event.type, rule, { source, key, natural, value, atMs, unshown: false }, event.type);
      return;
    }
    const lane = this.laneOfChat(event.type, payload);
    for (const message of messages) {
      const unshown = source === 'redis' && !isShownByLegacy(message);
      // A lane is one thread, so an id needs no more to be told apart.
      const id = chatMessageId(message);
      const key = id ?? contentIdentity(event.type, message);
      this.say(
        event.type,
        rule,
        { source, key, natural: id !== undefined, value: message, atMs, unshown },
        lane,
      );
    }
  }

  private laneOfChat(type: string, { space_code: space, thread_key: thread }: JsonObject): string {
    const { chat } = this.topic;
    if (chat !== undefined && space === chat.spaceCode && thread === chat.threadKey) return type;
    return `${type}\u0000${text(space)}\u0000${text(thread)}`;
  }

  private identity(type: string, value: JsonObject, rule: Rule): string {
    const told = lenient(value, rule.leniency);
    if (rule.identity === undefined) return contentIdentity(type, told);
    return contentIdentity(
      type,
      rule.identity.map((path) => valueAt(value, path) ?? null),
    );
  }

  private say(type: string, rule: Rule, said: Said, laneKey: string): void {
    const lanes = (this.lanes ??= new Map<string, EventLane>());
    let lane = lanes.get(laneKey);
    if (lane === undefined) {
      if (lanes.size >= this.desk.maxLanes) {
        this.findings.dropped(said.source, said.atMs, type);
        return;
      }
      lane = new EventLane(type, rule, this.desk, this.findings);
      lanes.set(laneKey, lane);
    }
    lane.arrived(said);
    this.due(lane);
  }

  private pairOf(type: string, rule: Rule): ListPair | undefined {
    const pairs = (this.pairs ??= new Map<string, ListPair>());
    let pair = pairs.get(type);
    if (pair !== undefined || pairs.size >= this.desk.maxLanes) return pair;
    pair = new ListPair(type, rule, this.desk.redaction, this.findings, this.unknown);
    for (const source of SOURCES) if (this.isAttached[source]) this.attach(pair, source, -Infinity);
    pairs.set(type, pair);
    return pair;
  }

  private excuse(source: Source, excuse: Excuse): void {
    this.unknown = { ...this.unknown, [source]: excuse };
  }

  private attach(pair: ListPair, source: Source, atMs: number): void {
    pair.attached(source, atMs);
    this.due(pair);
  }

  private settle(atMs: number): void {
    for (const pair of this.pairs?.values() ?? []) {
      pair.settled(atMs);
      this.due(pair);
    }
  }

  private due(what: ListPair | EventLane): void {
    const dueMs = what.dueMs();
    if (dueMs !== undefined && !this.isEnded) this.desk.due(this, dueMs);
  }

  private isSampled(rule: Rule): boolean {
    return rule.sampleOneIn === 1 || digestText(this.topic.uid) % rule.sampleOneIn === 0;
  }

  /** In its turn, also where the session has ended by then: verdicts that are held back ask for its doubts. */
  private later(applies: () => void): void {
    if (!this.isEnded) this.desk.put({ applies });
  }
}

function excuseOf(source: Source, { cause }: GapStart): Excuse {
  if (source === 'redis') return { reason: 'redis_gap', cause };
  return { reason: cause === 'legacy_detached' ? 'one_sided' : 'legacy_gap', cause };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

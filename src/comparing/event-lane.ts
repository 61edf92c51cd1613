import { differingPaths, digestValue, sameValue } from '../domain/canonical-value.js';
import { otherSource, type Source } from '../domain/source.js';
import { Fifo } from './fifo.js';
import type { Findings, Mismatch } from './mismatch.js';
import { OrderCheck } from './order-check.js';
import type { Rule } from './rules.js';
import { sampledValues, type Redaction } from './sampled-values.js';

/** One thing that a source said once. */
export interface Said {
  readonly source: Source;
  /** by what its partner is known */
  readonly key: string;
  /** the key is an id of its own, so that whatever comes again under it is a duplicate */
  readonly natural: boolean;
  readonly value: unknown;
  /** arrival, `Clock.elapsedMs()` */
  readonly atMs: number;
  /** legacy never shows it: no partner is demanded */
  readonly unshown: boolean;
}

interface Waiting {
  readonly key: string;
  readonly atMs: number;
  readonly place: number;
  /** undefined once it is decided: what was said is not kept for as long as its place in the queue */
  said: Said | undefined;
  /** the next of the same key from the same source */
  next: Waiting | undefined;
}

interface Decided {
  readonly key: string;
  readonly matched: boolean;
  /** who had said it, where the other had not */
  readonly source: Source;
  readonly atMs: number;
}

/** What a lane may keep. */
export interface LaneLimits {
  /** how many events of one lane may wait for their partner, and how many decided ones are remembered */
  readonly maxPendingPerTopic: number;
  /** how long a decided event is remembered, so that its copies are duplicates and its late partner is late, ms */
  readonly rememberMs: number;
  /** the names under which values are hidden; undefined: mismatches carry no values */
  readonly redaction: Redaction | undefined;
}

/** Compares the events of one type and thread one to one. Call `judge` from `dueMs()` on. */
export class EventLane {
  private readonly waiting = new Map<string, Waiting>();
  private readonly queue = new Fifo<Waiting>();
  private readonly decided = new Map<string, Decided>();
  // A Map is slow to tell its oldest entry once many were deleted: the order is kept beside it.
  private readonly memory = new Fifo<Decided>();
  private readonly order = new OrderCheck();
  private readonly places = { legacy: 0, redis: 0 };
  private pending = 0;

  constructor(
    private readonly type: string,
    private readonly rule: Rule,
    private readonly limits: LaneLimits,
    private readonly findings: Findings,
  ) {}

  arrived(said: Said): void {
    const waiting = this.waiting.get(said.key);
    const partner = waiting?.said;
    if (waiting !== undefined && partner !== undefined && partner.source !== said.source)
      this.match(waiting, partner, said);
    else if (said.natural && this.isKnown(said, waiting)) return;
    else this.wait(said, waiting);
  }

  /** When a verdict falls due, or a memory is to be dropped; undefined where nothing is held. */
  dueMs(): number | undefined {
    const first = this.queue.first();
    if (first !== undefined) return first.atMs + this.rule.windowMs;
    const oldest = this.memory.first();
    return oldest === undefined ? undefined : oldest.atMs + this.limits.rememberMs;
  }

  judge(nowMs: number): void {
    for (let first = this.queue.first(); first !== undefined; first = this.queue.first()) {
      if (first.said !== undefined && first.atMs + this.rule.windowMs > nowMs) break;
      this.queue.shift();
      if (first.said !== undefined) this.expire(first, first.said);
    }
    const before = nowMs - this.limits.rememberMs;
    for (let first = this.memory.first(); first !== undefined; first = this.memory.first()) {
      if (first.atMs > before) break;
      this.forgetOldest();
    }
  }

  end(): void {
    this.findings.holdPending(-this.pending);
    this.pending = 0;
    this.waiting.clear();
    this.queue.clear();
    this.decided.clear();
    this.memory.clear();
  }

  private match(waiting: Waiting, partner: Said, said: Said): void {
    this.leave(waiting);
    const place = this.places[said.source]++;
    const isLegacy = said.source === 'legacy';
    const [legacy, redis] = isLegacy ? [said, partner] : [partner, said];
    const moved = isLegacy ? this.order.moved(place, waiting.place) : this.order.moved(waiting.place, place);
    this.findings.lag(this.type, redis.atMs - legacy.atMs);
    if (!this.same(legacy.value, redis.value)) this.different(legacy, redis);
    else if (moved) this.mismatched('reordered', said, legacy, redis);
    else this.findings.matched(this.type);
    this.remember({ key: said.key, matched: true, source: said.source, atMs: said.atMs });
  }

  /** A thing with an id of its own that is not new: a copy, or a partner that is late. */
  private isKnown(said: Said, waiting: Waiting | undefined): boolean {
    const decided = this.decided.get(said.key);
    if (waiting === undefined && decided === undefined) return false;
    if (decided !== undefined && !decided.matched && decided.source !== said.source) {
      this.findings.late(this.type);
      this.remember({ ...decided, matched: true });
    } else if (said.unshown) this.findings.notCompared(this.type, 'never_shown_by_legacy');
    else this.mismatched('duplicate', said, ...bySource(said));
    return true;
  }

  private wait(said: Said, before: Waiting | undefined): void {
    if (this.pending >= this.limits.maxPendingPerTopic) this.dropOldest();
    if (!this.findings.holdPending(1)) {
      this.findings.dropped(said.source, said.atMs, this.type);
      return;
    }
    this.pending++;
    const { key, atMs, source } = said;
    const waiting: Waiting = { key, atMs, place: this.places[source]++, said, next: undefined };
    this.queue.push(waiting);
    if (before?.said === undefined) this.waiting.set(said.key, waiting);
    else {
      let last = before;
      while (last.next !== undefined) last = last.next;
      last.next = waiting;
    }
  }

  private dropOldest(): void {
    for (let first = this.queue.shift(); first !== undefined; first = this.queue.shift()) {
      const { said } = first;
      if (said === undefined) continue;
      this.leave(first);
      this.findings.dropped(said.source, said.atMs, this.type);
      return;
    }
  }

  private leave(waiting: Waiting): void {
    waiting.said = undefined;
    this.pending--;
    this.findings.holdPending(-1);
    const { key } = waiting;
    if (waiting.next === undefined) this.waiting.delete(key);
    else this.waiting.set(key, waiting.next);
    // Whoever is first and decided has nothing to wait for: mostly nobody is left then.
    while (this.queue.first()?.said === undefined && this.queue.size > 0) this.queue.shift();
  }

  private expire(waiting: Waiting, said: Said): void {
    this.leave(waiting);
    const decided = this.decided.get(said.key);
    if (decided !== undefined && !said.natural) this.extra(said, decided);
    else this.alone(said);
  }

  /** Something known by what it says came once more on one side than on the other. */
  private extra(said: Said, decided: Decided): void {
    const recent = said.atMs - decided.atMs <= this.rule.windowMs;
    if (!decided.matched && decided.source !== said.source) {
      this.findings.late(this.type);
      this.remember({ ...decided, matched: true });
      // Legacy does not double what it says: one more there is one that Redis lost.
    } else if (decided.matched && recent && said.source === 'redis')
      this.mismatched('duplicate', said, ...bySource(said));
    else this.alone(said);
  }

  private alone(said: Said): void {
    const { source, atMs, key } = said;
    this.remember({ key, matched: false, source, atMs: atMs + this.rule.windowMs });
    const from = atMs - this.rule.windowMs;
    const until = atMs + this.rule.windowMs;
    const silent = otherSource(source);
    const doubt = this.findings.doubt(silent, from, until);
    if (said.unshown) this.findings.notCompared(this.type, 'never_shown_by_legacy');
    else if (doubt !== undefined) this.findings.excused(this.type, doubt);
    else {
      const mismatch = this.mismatch(`missing_in_${silent}`, said, ...bySource(said));
      const excusable = { sources: [silent], fromMs: from, untilMs: until };
      this.findings.mismatched(this.type, [{ ...mismatch, excusable }]);
    }
  }

  private different(legacy: Said, redis: Said): void {
    const a = this.lenient(legacy.value);
    const b = this.lenient(redis.value);
    const fields = differingPaths(a, b);
    const later = legacy.atMs > redis.atMs ? legacy : redis;
    const mismatch = this.mismatch('different', later, legacy, redis);
    const { redaction } = this.limits;
    const values = redaction === undefined ? undefined : sampledValues(fields, a, b, redaction);
    this.findings.mismatched(this.type, [{ ...mismatch, fields, values }]);
  }

  private same(a: unknown, b: unknown): boolean {
    if (sameValue(a, b)) return true;
    return this.rule.leniency !== undefined && sameValue(this.lenient(a), this.lenient(b));
  }

  private lenient(value: unknown): unknown {
    return this.rule.leniency === undefined ? value : this.rule.leniency.applied(value);
  }

  private mismatched(outcome: Mismatch['outcome'], said: Said, legacy?: Said, redis?: Said): void {
    this.findings.mismatched(this.type, [this.mismatch(outcome, said, legacy, redis)]);
  }

  private mismatch(outcome: Mismatch['outcome'], said: Said, legacy?: Said, redis?: Said): Mismatch {
    return {
      outcome,
      key: said.key,
      fields: [],
      sinceMs: said.atMs,
      legacy: legacy && digestValue(legacy.value),
      redis: redis && digestValue(redis.value),
      values: undefined,
    };
  }

  private remember(decided: Decided): void {
    this.decided.set(decided.key, decided);
    this.memory.push(decided);
    if (this.memory.size > this.limits.maxPendingPerTopic) this.forgetOldest();
  }

  private forgetOldest(): void {
    const oldest = this.memory.shift();
    if (oldest !== undefined && this.decided.get(oldest.key) === oldest) this.decided.delete(oldest.key);
  }
}

function bySource(said: Said): [legacy: Said | undefined, redis: Said | undefined] {
  return said.source === 'legacy' ? [said, undefined] : [undefined, said];
}

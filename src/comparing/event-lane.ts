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

interface Waiting extends Said {
  readonly place: number;
  done: boolean;
  /** the next of the same key from the same source */
  next: Waiting | undefined;
}

interface Decided {
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
    if (waiting !== undefined && waiting.source !== said.source) this.match(waiting, said);
    else if (said.natural && this.isKnown(said, waiting)) return;
    else this.wait(said, waiting);
  }

  /** When a verdict falls due, or a memory is to be dropped; undefined where nothing is held. */
  dueMs(): number | undefined {
    const first = this.queue.first();
    if (first !== undefined) return first.atMs + this.rule.windowMs;
    for (const decided of this.decided.values()) return decided.atMs + this.limits.rememberMs;
    return undefined;
  }

  judge(nowMs: number): void {
    for (let first = this.queue.first(); first !== undefined; first = this.queue.first()) {
      if (!first.done && first.atMs + this.rule.windowMs > nowMs) break;
      this.queue.shift();
      if (!first.done) this.expire(first);
    }
    for (const [key, decided] of this.decided) {
      if (decided.atMs + this.limits.rememberMs > nowMs) break;
      this.decided.delete(key);
    }
  }

  end(): void {
    this.findings.holdPending(-this.pending);
    this.pending = 0;
    this.waiting.clear();
    this.queue.clear();
    this.decided.clear();
  }

  private match(waiting: Waiting, said: Said): void {
    this.leave(waiting);
    const place = this.places[said.source]++;
    const legacy = said.source === 'legacy' ? said : waiting;
    const redis = said.source === 'redis' ? said : waiting;
    const places = said.source === 'legacy' ? [place, waiting.place] : [waiting.place, place];
    const moved = this.order.moved(places[0] ?? 0, places[1] ?? 0);
    this.findings.lag(this.type, redis.atMs - legacy.atMs);
    if (!this.same(legacy.value, redis.value)) this.different(legacy, redis);
    else if (moved) this.mismatched('reordered', said, legacy, redis);
    else this.findings.matched(this.type);
    this.remember(said.key, { matched: true, source: said.source, atMs: said.atMs });
  }

  /** A thing with an id of its own that is not new: a copy, or a partner that is late. */
  private isKnown(said: Said, waiting: Waiting | undefined): boolean {
    const decided = this.decided.get(said.key);
    if (waiting === undefined && decided === undefined) return false;
    if (decided !== undefined && !decided.matched && decided.source !== said.source) {
      this.findings.late(this.type);
      this.remember(said.key, { ...decided, matched: true });
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
    const waiting: Waiting = { ...said, place: this.places[said.source]++, done: false, next: undefined };
    this.queue.push(waiting);
    if (before === undefined || before.done) this.waiting.set(said.key, waiting);
    else {
      let last = before;
      while (last.next !== undefined) last = last.next;
      last.next = waiting;
    }
  }

  private dropOldest(): void {
    for (let first = this.queue.shift(); first !== undefined; first = this.queue.shift()) {
      if (first.done) continue;
      this.leave(first);
      this.findings.dropped(first.source, first.atMs, this.type);
      return;
    }
  }

  private leave(waiting: Waiting): void {
    waiting.done = true;
    this.pending--;
    this.findings.holdPending(-1);
    if (waiting.next === undefined) this.waiting.delete(waiting.key);
    else this.waiting.set(waiting.key, waiting.next);
  }

  private expire(waiting: Waiting): void {
    this.leave(waiting);
    const decided = this.decided.get(waiting.key);
    if (decided !== undefined && !waiting.natural) this.extra(waiting, decided);
    else this.alone(waiting);
  }

  /** Something known by what it says came once more on one side than on the other. */
  private extra(waiting: Waiting, decided: Decided): void {
    const recent = waiting.atMs - decided.atMs <= this.rule.windowMs;
    if (!decided.matched && decided.source !== waiting.source) {
      this.findings.late(this.type);
      this.remember(waiting.key, { ...decided, matched: true });
      // Legacy does not double what it says: one more there is one that Redis lost.
    } else if (decided.matched && recent && waiting.source === 'redis')
      this.mismatched('duplicate', waiting, ...bySource(waiting));
    else this.alone(waiting);
  }

  private alone(waiting: Waiting): void {
    const { source, atMs, key } = waiting;
    this.remember(key, { matched: false, source, atMs: atMs + this.rule.windowMs });
    const from = atMs - this.rule.windowMs;
    const until = atMs + this.rule.windowMs;
    const silent = otherSource(source);
    const doubt = this.findings.doubt(silent, from, until);
    if (waiting.unshown) this.findings.notCompared(this.type, 'never_shown_by_legacy');
    else if (doubt !== undefined) this.findings.excused(this.type, doubt);
    else {
      const mismatch = this.mismatch(`missing_in_${silent}`, waiting, ...bySource(waiting));
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

  private remember(key: string, decided: Decided): void {
    this.decided.delete(key);
    this.decided.set(key, decided);
    if (this.decided.size <= this.limits.maxPendingPerTopic) return;
    for (const oldest of this.decided.keys()) {
      this.decided.delete(oldest);
      return;
    }
  }
}

function bySource(said: Said): [legacy: Said | undefined, redis: Said | undefined] {
  return said.source === 'legacy' ? [said, undefined] : [undefined, said];
}

import { otherSource, type Source } from '../domain/source.js';
import { Chain } from './chain.js';
import type { Findings } from './mismatch.js';
import { OrderCheck } from './order-check.js';
import { PairJudge, type Said } from './pair-judge.js';
import type { Rule } from './rules.js';
import type { Redaction } from './sampled-values.js';

interface Waiting {
  readonly place: number;
  readonly atMs: number;
  /** undefined once it is decided: what was said is not kept for as long as its place in the queue */
  said: Said | undefined;
  /** the next of the same key from the same source */
  next: Waiting | undefined;
  later: Waiting | undefined;
}

/** All that is known under one key; one object and one place in a map, since there is one for each pair. */
interface Known {
  readonly key: string;
  /** the first of those who wait for a partner, all from the same source */
  waiting: Waiting | undefined;
  /** how it was decided last: matched, or by which source alone it was said; `none`: not yet, or no longer */
  verdict: 'none' | 'matched' | Source;
  /** when it was decided, `Clock.elapsedMs()` */
  atMs: number;
  later: Known | undefined;
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
  private readonly known = new Map<string, Known>();
  private readonly queue = new Chain<Waiting>();
  // A Map is slow to tell its oldest entry once many were deleted: the order is kept beside it.
  private readonly memory = new Chain<Known>();
  private readonly order = new OrderCheck();
  private readonly places = { legacy: 0, redis: 0 };
  private readonly pair: PairJudge;
  private pending = 0;

  constructor(
    private readonly type: string,
    private readonly rule: Rule,
    private readonly limits: LaneLimits,
    private readonly findings: Findings,
  ) {
    this.pair = new PairJudge(type, rule, limits.redaction, findings);
  }

  arrived(said: Said): void {
    const known = this.known.get(said.key);
    const waiting = known?.waiting;
    const partner = waiting?.said;
    if (
      known === undefined ||
      waiting === undefined ||
      partner === undefined ||
      partner.source === said.source
    )
      this.unpaired(said, known);
    else this.match(known, waiting, partner, said);
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
    this.known.clear();
    this.queue.clear();
    this.memory.clear();
  }

  private match(known: Known, waiting: Waiting, partner: Said, said: Said): void {
    this.leave(known, waiting);
    const place = this.places[said.source]++;
    if (said.source === 'legacy')
      this.pair.judge(said, partner, said, this.order.moved(place, waiting.place));
    else this.pair.judge(partner, said, said, this.order.moved(waiting.place, place));
    this.remember(known, 'matched', said.atMs);
  }

  private unpaired(said: Said, known: Known | undefined): void {
    if (known === undefined || !said.natural) this.wait(said, known);
    // A thing with an id of its own that is not new: a copy, or a partner that is late.
    else if (known.verdict === otherSource(said.source)) this.late(known);
    else if (said.unshown) this.findings.notCompared(this.type, 'never_shown_by_legacy');
    else this.pair.duplicate(said);
  }

  private wait(said: Said, known: Known | undefined): void {
    let before = known;
    if (this.pending >= this.limits.maxPendingPerTopic) {
      this.dropOldest();
      before = this.known.get(said.key);
    }
    if (!this.findings.holdPending(1)) {
      this.findings.dropped(said.source, said.atMs, this.type);
      return;
    }
    this.pending++;
    const { key, atMs, source } = said;
    const waiting: Waiting = { place: this.places[source]++, atMs, said, next: undefined, later: undefined };
    this.queue.push(waiting);
    if (before === undefined)
      this.known.set(key, { key, waiting, verdict: 'none', atMs: 0, later: undefined });
    else if (before.waiting === undefined) before.waiting = waiting;
    else {
      let last = before.waiting;
      while (last.next !== undefined) last = last.next;
      last.next = waiting;
    }
  }

  private dropOldest(): void {
    for (let first = this.queue.shift(); first !== undefined; first = this.queue.shift()) {
      const { said } = first;
      if (said === undefined) continue;
      const known = this.known.get(said.key);
      if (known !== undefined) this.leave(known, first);
      if (known?.waiting === undefined && known?.verdict === 'none') this.known.delete(said.key);
      this.findings.dropped(said.source, said.atMs, this.type);
      return;
    }
  }

  private leave(known: Known, waiting: Waiting): void {
    waiting.said = undefined;
    known.waiting = waiting.next;
    this.pending--;
    this.findings.holdPending(-1);
    // Whoever is first and decided has nothing to wait for: mostly nobody is left then.
    for (let first = this.queue.first(); first !== undefined; first = this.queue.first()) {
      if (first.said !== undefined) break;
      this.queue.shift();
    }
  }

  private expire(waiting: Waiting, said: Said): void {
    const known = this.known.get(said.key);
    if (known === undefined) return;
    this.leave(known, waiting);
    if (known.verdict !== 'none' && !said.natural) this.extra(said, known);
    else this.alone(said, known);
  }

  /** Something known by what it says came once more on one side than on the other. */
  private extra(said: Said, known: Known): void {
    const recent = said.atMs - known.atMs <= this.rule.windowMs;
    if (known.verdict === otherSource(said.source)) this.late(known);
    // Legacy does not double what it says: one more there is one that Redis lost.
    else if (known.verdict === 'matched' && recent && said.source === 'redis') this.pair.duplicate(said);
    else this.alone(said, known);
  }

  private late(known: Known): void {
    this.findings.late(this.type);
    known.verdict = 'matched';
  }

  private alone(said: Said, known: Known): void {
    const { source, atMs } = said;
    this.remember(known, source, atMs + this.rule.windowMs);
    const from = atMs - this.rule.windowMs;
    const until = atMs + this.rule.windowMs;
    const silent = otherSource(source);
    const doubt = this.findings.doubt(silent, from, until);
    if (said.unshown) this.findings.notCompared(this.type, 'never_shown_by_legacy');
    else if (doubt !== undefined) this.findings.excused(this.type, doubt);
    else this.pair.missing(said, silent, from, until);
  }

  private remember(known: Known, verdict: Known['verdict'], atMs: number): void {
    if (known.verdict === 'none') this.memorise(known, verdict, atMs);
    else {
      // What was decided before keeps its place in the memory, and means nothing there any more.
      const { key, waiting } = known;
      known.verdict = 'none';
      const anew: Known = { key, waiting, verdict, atMs, later: undefined };
      this.known.set(key, anew);
      this.memorise(anew, verdict, atMs);
    }
  }

  private memorise(known: Known, verdict: Known['verdict'], atMs: number): void {
    known.verdict = verdict;
    known.atMs = atMs;
    this.memory.push(known);
    if (this.memory.size > this.limits.maxPendingPerTopic) this.forgetOldest();
  }

  private forgetOldest(): void {
    const oldest = this.memory.shift();
    if (oldest === undefined || oldest.verdict === 'none') return;
    oldest.verdict = 'none';
    if (oldest.waiting === undefined) this.known.delete(oldest.key);
  }
}

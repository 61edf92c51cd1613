import type { Digest } from '../domain/digest.js';
import { otherSource, type Source } from '../domain/source.js';
import { changedPrint, EMPTY_LIST, type ListPrint } from './list-print.js';
import type { JsonObject } from '../domain/user-event.js';
import { isStale, unknownSide, type ListSide } from './list-side.js';
import type { Excuse, Findings, Mismatch } from './mismatch.js';
import type { Rule } from './rules.js';
import { sampledValues, type Redaction } from './sampled-values.js';

/** A difference of one item that has not come right yet. */
interface Fault {
  readonly outcome: 'missing_in_redis' | 'missing_in_legacy' | 'different';
  readonly legacy: Digest | undefined;
  readonly redis: Digest | undefined;
  readonly sinceMs: number;
  counted: boolean;
}

/**
 * Compares one list of a topic as converged state: once both sides have been quiet for the settle time, the
 * sets of items are held against each other. What comes right within the window was never wrong; what does not
 * is counted once, until it changes.
 */
export class ListPair {
  private readonly sides: Record<Source, ListSide>;
  private readonly faults = new Map<string, Fault>();
  /** something changed since the two were last held against each other */
  private open = false;
  private dueAtMs: number | undefined;
  private lookedAgainAtMs = -Infinity;
  /** something was excused by a doubt that lasts: to be looked at anew once that has ended */
  private isPostponed = false;

  constructor(
    private readonly type: string,
    private readonly rule: Rule,
    private readonly redaction: Redaction | undefined,
    private readonly findings: Findings,
    unknown: Record<Source, Excuse>,
  ) {
    this.sides = { legacy: unknownSide(unknown.legacy), redis: unknownSide(unknown.redis) };
  }

  /** A source said its list, unless it is an older one that arrives late. */
  said(source: Source, payload: JsonObject, stampMicros: number | undefined, atMs: number): void {
    const side = this.sides[source];
    if (isStale(side, stampMicros, atMs, this.rule.windowMs)) return;
    const wasSilent = this.wasSilent(source, atMs);
    const other = this.sides[otherSource(source)].print;
    const changed = changedPrint(payload, side.print, other, this.rule, this.redaction !== undefined);
    side.stampMicros = stampMicros;
    side.saidAtMs = atMs;
    if (changed !== undefined) this.change(source, changed, atMs);
    else if (wasSilent && side.print !== undefined) this.change(source, side.print, atMs);
  }

  /** Keeps digests of its lists alone. */
  dropLetters(): void {
    this.sides.legacy.print?.dropLetters();
    this.sides.redis.print?.dropLetters();
  }

  /** From here on it is not known what the source would say, until it says its list again. */
  forget(source: Source, unknown: Excuse): void {
    this.hold(source, undefined);
    this.sides[source] = unknownSide(unknown);
    for (const side of [this.sides.legacy, this.sides.redis]) side.freshAtMs = undefined;
    this.faults.clear();
  }

  /** The source is attached. A list that legacy never says when it is empty counts as empty until it is said. */
  attached(source: Source, atMs: number): void {
    const side = this.sides[source];
    if (side.print !== undefined) return;
    if (side.unknown.reason === 'one_sided') side.unknown = { reason: 'warm_up' };
    if (source === 'legacy' && this.rule.legacyRepeatMs > 0) {
      side.print = EMPTY_LIST;
      side.changedAtMs = atMs;
      this.lookAgain(atMs, atMs + this.rule.settleMs);
    }
  }

  /** A doubt about a source has ended. */
  settled(atMs: number): void {
    if (this.isPostponed) this.lookAgain(atMs, atMs + this.rule.windowMs + this.rule.legacyRepeatMs);
  }

  dueMs(): number | undefined {
    return this.dueAtMs;
  }

  judge(nowMs: number): void {
    if (this.dueAtMs === undefined || this.dueAtMs > nowMs) return;
    this.dueAtMs = undefined;
    const { legacy, redis } = this.sides;
    const quietAtMs = Math.max(legacy.changedAtMs, redis.changedAtMs) + this.rule.settleMs;
    if (quietAtMs > nowMs) this.dueAtMs = quietAtMs;
    else if (legacy.print === undefined) this.excuse(legacy.unknown);
    else if (redis.print === undefined) this.excuse(redis.unknown);
    else this.compare(legacy.print, redis.print, nowMs);
  }

  end(): void {
    this.hold('legacy', undefined);
    this.hold('redis', undefined);
    this.faults.clear();
    this.dueAtMs = undefined;
  }

  private change(source: Source, print: ListPrint, atMs: number): void {
    const side = this.sides[source];
    if (!this.hold(source, print)) {
      this.findings.dropped(source, atMs, this.type);
      this.forget(source, { reason: 'overload' });
      return;
    }
    side.changedAtMs = atMs;
    side.freshAtMs = atMs;
    this.dropRighted();
    this.open = true;
    this.dueAtMs = atMs + this.rule.settleMs;
  }

  /** An item that has come right, be it for a moment between two looks, begins anew. */
  private dropRighted(): void {
    const { legacy, redis } = this.sides;
    for (const key of this.faults.keys())
      if (isRighted(key, legacy.print, redis.print)) this.faults.delete(key);
  }

  private compare(legacy: ListPrint, redis: ListPrint, nowMs: number): void {
    const faults = legacy.isSame(redis) ? NONE : this.findFaults(legacy, redis, nowMs);
    for (const key of this.faults.keys()) if (!faults.has(key)) this.faults.delete(key);
    for (const [key, fault] of faults) this.faults.set(key, fault);
    if (faults.size === 0) this.agree(faults === NONE ? redis : undefined);
    else this.ripen(legacy, redis, nowMs);
  }

  /** `same`: what both say, where it is the same to the letter. */
  private agree(same: ListPrint | undefined): void {
    if (!this.open) return;
    this.findings.matched(this.type);
    const { legacy, redis } = this.sides;
    if (legacy.freshAtMs !== undefined && redis.freshAtMs !== undefined && same !== undefined)
      this.findings.lag(this.type, redis.freshAtMs - legacy.freshAtMs);
    this.close();
    // Equal prints are one print: most lists agree most of the time.
    if (same !== undefined) legacy.print = same;
  }

  /** Counts the faults that have outlasted the window, and says when to look again. */
  private ripen(legacy: ListPrint, redis: ListPrint, nowMs: number): void {
    const windowMs = this.rule.windowMs + this.rule.legacyRepeatMs;
    const ripe: Mismatch[] = [];
    let nextMs = Infinity;
    for (const [key, fault] of this.faults) {
      if (fault.counted) continue;
      if (fault.sinceMs + windowMs > nowMs) nextMs = Math.min(nextMs, fault.sinceMs + windowMs);
      else ripe.push(this.mismatch(key, fault, legacy, redis, nowMs));
    }
    const since = Math.min(...ripe.map(({ sinceMs }) => sinceMs));
    const doubt =
      ripe.length === 0
        ? undefined
        : (this.findings.doubt('redis', since, nowMs) ?? this.findings.doubt('legacy', since, nowMs));
    if (doubt !== undefined) this.findings.excused(this.type, doubt);
    else if (ripe.length > 0) this.findings.mismatched(this.type, ripe);
    for (const { key } of ripe) {
      const fault = this.faults.get(key);
      if (fault !== undefined) fault.counted = true;
      if (doubt !== undefined) this.faults.delete(key);
    }
    if (doubt?.untilMs === Infinity) this.isPostponed = true;
    else if (doubt !== undefined) this.lookAgain(nowMs, nowMs + windowMs);
    else if (nextMs === Infinity) this.close();
    else this.dueAtMs = nextMs;
  }

  /** What was excused is no verdict: it is looked at anew, as if it had begun now. */
  private lookAgain(nowMs: number, atMs: number): void {
    this.isPostponed = false;
    this.open = true;
    this.lookedAgainAtMs = nowMs;
    this.dueAtMs = atMs;
  }

  private findFaults(legacy: ListPrint, redis: ListPrint, nowMs: number): ReadonlyMap<string, Fault> {
    const faults = new Map<string, Fault>();
    const silent = this.isSilent('legacy', nowMs);
    for (const key of legacy.keys()) {
      if (!redis.has(key)) {
        // Legacy falls silent when its list has become empty: what it said last is then gone there too.
        if (!silent) faults.set(key, this.fault(key, 'missing_in_redis', legacy.digest(key), undefined));
      } else if (!legacy.isSameItem(key, redis))
        faults.set(key, this.fault(key, 'different', legacy.digest(key), redis.digest(key)));
    }
    for (const key of redis.keys())
      if (!legacy.has(key))
        faults.set(key, this.fault(key, 'missing_in_legacy', undefined, redis.digest(key)));
    return faults;
  }

  /** The fault as it stands already, where it has not changed. */
  private fault(
    key: string,
    outcome: Fault['outcome'],
    legacy: Digest | undefined,
    redis: Digest | undefined,
  ): Fault {
    const standing = this.faults.get(key);
    const unchanged =
      standing?.outcome === outcome &&
      (outcome !== 'different' || (standing.legacy === legacy && standing.redis === redis));
    if (unchanged) return standing;
    const { legacy: l, redis: r } = this.sides;
    const sinceMs = Math.max(l.changedAtMs, r.changedAtMs, this.lookedAgainAtMs);
    return { outcome, legacy, redis, sinceMs, counted: false };
  }

  private mismatch(key: string, fault: Fault, legacy: ListPrint, redis: ListPrint, nowMs: number): Mismatch {
    const fields = legacy.differingFields(key, redis);
    return {
      outcome: fault.outcome,
      key,
      itemId: key,
      fields,
      sinceMs: fault.sinceMs,
      legacy: fault.legacy,
      redis: fault.redis,
      values:
        legacy.values === undefined || redis.values === undefined
          ? undefined
          : sampledValues(fields, legacy.values.get(key), redis.values.get(key), this.redaction),
      excusable: { sources: ['redis', 'legacy'], fromMs: fault.sinceMs, untilMs: nowMs },
    };
  }

  private excuse(excuse: Excuse): void {
    if (this.open) this.findings.excused(this.type, excuse);
    this.close();
  }

  private close(): void {
    this.open = false;
    this.sides.legacy.freshAtMs = undefined;
    this.sides.redis.freshAtMs = undefined;
  }

  private wasSilent(source: Source, atMs: number): boolean {
    return this.isSilent(source, atMs) && (this.sides[source].print?.size ?? 0) > 0;
  }

  private isSilent(source: Source, nowMs: number): boolean {
    const { legacyRepeatMs, settleMs } = this.rule;
    if (source !== 'legacy' || legacyRepeatMs === 0) return false;
    return nowMs >= this.sides.legacy.saidAtMs + legacyRepeatMs + settleMs;
  }

  /** Keeps a print in place of the one before, where there is room for its items. */
  private hold(source: Source, print: ListPrint | undefined): boolean {
    const side = this.sides[source];
    if (!this.findings.holdItems((print?.size ?? 0) - (side.print?.size ?? 0))) return false;
    side.print = print;
    const { legacy, redis } = this.sides;
    const both = (legacy.print?.size ?? 0) + (redis.print === legacy.print ? 0 : (redis.print?.size ?? 0));
    this.findings.holdLetters(this, both);
    return true;
  }
}

/** Both sides say the same of it, or both are known and have none. */
function isRighted(key: string, legacy: ListPrint | undefined, redis: ListPrint | undefined): boolean {
  if (legacy === undefined || redis === undefined)
    return legacy?.has(key) !== true && redis?.has(key) !== true;
  return legacy.isSameItem(key, redis);
}

const NONE: ReadonlyMap<string, Fault> = new Map();

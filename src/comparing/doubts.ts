import type { ExcuseReason } from '../domain/comparison.js';
import type { GapCause } from '../domain/gap.js';
import type { Source } from '../domain/source.js';

/** A span of `Clock.elapsedMs()` in which a source may have been silent without a fault of its own. */
export interface Doubt {
  readonly source: Source;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly reason: ExcuseReason;
  readonly cause?: GapCause | undefined;
}

const MOST = 32;

/** The doubts about one topic's sources: what fell into one is excused, never counted. */
export class Doubts {
  private doubts: Doubt[] = [];

  /** Opens a doubt that lasts until it is closed; an open one stays what it is. */
  open(source: Source, fromMs: number, reason: ExcuseReason, cause?: GapCause): void {
    if (this.openOne(source, reason) === undefined)
      this.add({ source, fromMs, untilMs: Infinity, reason, cause });
  }

  /** Closes the open doubts of a source, or those of one reason. */
  close(source: Source, atMs: number, reasons: readonly ExcuseReason[]): void {
    this.doubts = this.doubts.map((doubt) =>
      doubt.source === source && doubt.untilMs === Infinity && reasons.includes(doubt.reason)
        ? { ...doubt, untilMs: Math.max(doubt.fromMs, atMs) }
        : doubt,
    );
  }

  add(doubt: Doubt): void {
    const last = this.doubts.at(-1);
    if (last?.source === doubt.source && last.reason === doubt.reason && last.untilMs === doubt.fromMs)
      this.doubts[this.doubts.length - 1] = { ...last, untilMs: doubt.untilMs };
    else this.doubts.push(doubt);
    if (this.doubts.length > MOST) this.mergeOldest(doubt.source);
  }

  /** The newest doubt about a source that touches a span. */
  over(source: Source, fromMs: number, untilMs: number): Doubt | undefined {
    return this.doubts.findLast(
      (doubt) => doubt.source === source && doubt.fromMs <= untilMs && doubt.untilMs > fromMs,
    );
  }

  /** Forgets what ended before a moment. */
  forgetBefore(atMs: number): void {
    if (this.doubts.some(({ untilMs }) => untilMs < atMs))
      this.doubts = this.doubts.filter(({ untilMs }) => untilMs >= atMs);
  }

  private openOne(source: Source, reason: ExcuseReason): Doubt | undefined {
    return this.doubts.find(
      (doubt) => doubt.source === source && doubt.reason === reason && doubt.untilMs === Infinity,
    );
  }

  /** Too many to tell apart: the two oldest closed ones of a source become one that covers both. */
  private mergeOldest(source: Source): void {
    const [first, second] = this.doubts.filter(
      (doubt) => doubt.source === source && doubt.untilMs !== Infinity,
    );
    if (first === undefined || second === undefined) return;
    const merged = {
      ...second,
      fromMs: Math.min(first.fromMs, second.fromMs),
      untilMs: Math.max(first.untilMs, second.untilMs),
    };
    this.doubts = this.doubts.flatMap((doubt) =>
      doubt === first ? [] : doubt === second ? [merged] : [doubt],
    );
  }
}

/** One moment of a counter, with what it has counted since its track began. */
interface Point {
  readonly atMs: number;
  readonly total: number;
}

/** A gauge that is missing for longer says nothing of the time between. */
const LONGEST_STRIDE_MS = 60_000;

/**
 * What one series of one replica has counted, from its raw samples: a fall is a restart, after which the whole
 * value counts; nothing is guessed before the first sample or after the last. Samples come in the order of time.
 */
export class CounterTrack {
  private readonly points: Point[] = [];
  private lastValue = 0;
  private total = 0;
  private isTrimmed = false;
  private anewFrom: number | undefined;

  /** `fromZero`: the series began to be within the life of its replica, so that its first value was all counted. */
  constructor(
    private readonly fromZero: boolean,
    /** `value_time`: a gauge summed over time, value times milliseconds */
    private readonly sums: 'value' | 'value_time' = 'value',
  ) {}

  add(atMs: number, value: number): void {
    const last = this.points.at(-1);
    if ((last !== undefined && atMs <= last.atMs) || !Number.isFinite(value)) return;
    this.total += this.sums === 'value' ? this.risenTo(value) : this.passed(atMs);
    this.lastValue = value;
    this.points.push({ atMs, total: this.total });
  }

  get lastAtMs(): number {
    return this.points.at(-1)?.atMs ?? -Infinity;
  }

  /** The value last read. */
  get value(): number {
    return this.lastValue;
  }

  /** What was counted after a moment. */
  since(fromMs: number): number {
    const before = this.points.findLast(({ atMs }) => atMs <= fromMs);
    const begun = this.fromZero && !this.isTrimmed ? 0 : (this.points[0]?.total ?? 0);
    return this.total - (before?.total ?? begun);
  }

  /** Of a sum that its replica begins anew: what it shows now has all been counted since. */
  beginAnew(): void {
    this.anewFrom = this.total - this.lastValue;
  }

  /** The beginning is no longer known. */
  forgetBeginning(): void {
    this.anewFrom = undefined;
  }

  /** What was counted since its replica began anew, or after a moment where that is not known. */
  sinceAnew(fromMs: number): number {
    return this.anewFrom === undefined ? this.since(fromMs) : this.total - this.anewFrom;
  }

  /** Forgets all points but those that `since` needs for these two moments and any later than the second. */
  keep(sinceMs: number, recentFromMs: number): void {
    const base = this.points.findLastIndex(({ atMs }) => atMs <= sinceMs);
    const recent = this.points.findLastIndex(({ atMs }) => atMs <= recentFromMs);
    if (recent > base + 1) this.points.splice(base + 1, recent - base - 1);
    if (base > 0) {
      this.points.splice(0, base);
      this.isTrimmed = true;
    }
  }

  private risenTo(value: number): number {
    if (this.points.length === 0) return this.fromZero ? value : 0;
    return value >= this.lastValue ? value - this.lastValue : value;
  }

  private passed(atMs: number): number {
    const last = this.points.at(-1);
    return last === undefined ? 0 : this.lastValue * Math.min(atMs - last.atMs, LONGEST_STRIDE_MS);
  }
}

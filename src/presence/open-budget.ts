/** Allows a number of things in any second, however they are spread. */
export class OpenBudget {
  /** when the last ones were allowed, as a ring: the next takes the place of the oldest */
  private readonly takenAtMs: Float64Array;
  private oldest = 0;

  constructor(perSecond: number) {
    this.takenAtMs = new Float64Array(perSecond).fill(-Infinity);
  }

  /** Whether one more is allowed now; if so, it is taken. */
  take(nowMs: number): boolean {
    if (nowMs - (this.takenAtMs[this.oldest] ?? nowMs) < 1000) return false;
    this.takenAtMs[this.oldest] = nowMs;
    this.oldest = (this.oldest + 1) % this.takenAtMs.length;
    return true;
  }
}

/** How much one client may still say within the running second. */
export class Allowance {
  private secondEndsMs = -Infinity;
  private left = 0;

  constructor(private readonly perSecond: number) {}

  /** Whether one more is allowed now. */
  take(elapsedMs: number): boolean {
    if (elapsedMs >= this.secondEndsMs) {
      this.secondEndsMs = elapsedMs + 1_000;
      this.left = this.perSecond;
    }
    return --this.left >= 0;
  }
}

const CALM_MS = 300_000;
const MAX_QUIET_MS = 300_000;

/** How long Redis must be well before a user returns to it: twice as long at each break within 5 minutes of the last, at most 5 minutes. */
export class ReturnQuiet {
  private brokeAtMs = -Infinity;
  private currentMs = 0;

  constructor(private readonly leastMs: number) {}

  get ms(): number {
    return this.currentMs;
  }

  broke(nowMs: number): void {
    const again = nowMs - this.brokeAtMs < CALM_MS;
    this.currentMs = again
      ? Math.min(this.currentMs * 2, Math.max(MAX_QUIET_MS, this.leastMs))
      : this.leastMs;
    this.brokeAtMs = nowMs;
  }
}

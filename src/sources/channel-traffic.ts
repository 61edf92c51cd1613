/** Traffic is counted in periods of this length, milliseconds; recent is this period and the one before. */
export const PERIOD_MS = 60_000;

/** How many messages one channel had of late, for a few nanoseconds a message. */
export class ChannelTraffic {
  private period = 0;
  private inPeriod = 0;
  private before = 0;

  /** One message, in the period with this number. */
  count(period: number): void {
    if (period !== this.period) this.turn(period);
    this.inPeriod++;
  }

  recent(period: number): number {
    if (period !== this.period) this.turn(period);
    return this.inPeriod + this.before;
  }

  private turn(period: number): void {
    this.before = period === this.period + 1 ? this.inPeriod : 0;
    this.inPeriod = 0;
    this.period = period;
  }
}

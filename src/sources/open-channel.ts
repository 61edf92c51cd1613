import type { SourceSink } from '../contracts/event-source.js';
import type { HeldChannel } from './channel-subscriptions.js';
import { OpenTopic } from './open-topic.js';

/** Traffic is counted in periods of this length, milliseconds; recent is this period and the one before. */
export const PERIOD_MS = 60_000;

/** Told when nobody reads a channel any more. */
export interface ChannelKeeper {
  left(channel: OpenChannel): void;
}

/** One channel that is read, and how many messages it had of late, counted for a few nanoseconds a message. */
export class OpenChannel extends OpenTopic implements HeldChannel {
  held: HeldChannel['held'] = 'no';
  state: 'asked' | 'acknowledged' | 'refused' = 'asked';
  private period = 0;
  private inPeriod = 0;
  private before = 0;

  constructor(
    readonly name: string,
    readonly uid: string,
    first: SourceSink,
    private readonly keeper: ChannelKeeper,
  ) {
    super(first);
  }

  /** One message, in the period with this number. */
  count(period: number): void {
    if (period !== this.period) this.turn(period);
    this.inPeriod++;
  }

  recent(period: number): number {
    if (period !== this.period) this.turn(period);
    return this.inPeriod + this.before;
  }

  protected leave(): void {
    this.keeper.left(this);
  }

  private turn(period: number): void {
    this.before = period === this.period + 1 ? this.inPeriod : 0;
    this.inPeriod = 0;
    this.period = period;
  }
}

import type { Clock } from '../contracts/clock.js';
import type { RedisLink } from './redis-link.js';

/** Who owns the channels and is told how they fare. */
export interface ChannelOwner {
  /** Whether a channel is still wanted, now. */
  wanted(channel: string): boolean;
  /** Redis has confirmed the channel. */
  acknowledged(channel: string): void;
  /** Redis refused it (an access rule, say); it is asked again after a second. */
  refused(channel: string): void;
}

const RETRY_MS = 1_000;

/**
 * Subscribes and unsubscribes in batches, one command at a time and each awaited, so that what Redis holds
 * and what is wanted never drift apart however quickly channels come and go.
 */
export class ChannelSubscriptions {
  private coming = new Set<string>();
  private readonly going = new Set<string>();
  /** what Redis was asked to hold, and whether it has confirmed it */
  private readonly held = new Map<string, 'asked' | 'confirmed'>();
  private pumping = false;
  private era = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly clock: Clock,
    private readonly batchSize: number,
    private readonly owner: ChannelOwner,
  ) {}

  want(channel: string): void {
    this.going.delete(channel);
    const state = this.held.get(channel);
    if (state === undefined) {
      this.coming.add(channel);
      this.pump();
    } else if (state === 'confirmed') {
      // It was on its way out and never left.
      queueMicrotask(() => {
        if (this.held.get(channel) === 'confirmed') this.owner.acknowledged(channel);
      });
    }
  }

  unwant(channel: string): void {
    this.coming.delete(channel);
    if (!this.held.has(channel)) return;
    this.going.add(channel);
    this.pump();
  }

  /** The connection is gone, and with it every subscription. */
  forget(): void {
    this.era++;
    this.coming.clear();
    this.going.clear();
    this.held.clear();
    this.pumping = false;
  }

  private pump(): void {
    if (this.pumping || !this.link.isUp) return;
    this.pumping = true;
    const { era } = this;
    // Channels that are opened in the same turn of the event loop go out together.
    setImmediate(() => {
      void this.work(era);
    });
  }

  private async work(era: number): Promise<void> {
    while (era === this.era && this.link.isUp) {
      const leaving = take(this.going, this.batchSize);
      const arriving = leaving.length > 0 ? [] : take(this.coming, this.batchSize);
      if (leaving.length > 0) await this.unsubscribe(leaving);
      else if (arriving.length > 0) await this.subscribe(arriving, era);
      else break;
    }
    if (era === this.era) this.pumping = false;
  }

  private async subscribe(channels: string[], era: number): Promise<void> {
    // Held from the moment the command is sent: a channel that is left meanwhile must be unsubscribed.
    for (const channel of channels) this.held.set(channel, 'asked');
    try {
      await this.link.redis.subscribe(...channels);
    } catch {
      if (era === this.era) this.retryLater(channels, era);
      return;
    }
    if (era !== this.era) return;
    for (const channel of channels) {
      this.held.set(channel, 'confirmed');
      if (!this.going.has(channel)) this.owner.acknowledged(channel);
    }
  }

  private async unsubscribe(channels: string[]): Promise<void> {
    for (const channel of channels) this.held.delete(channel);
    try {
      await this.link.redis.unsubscribe(...channels);
    } catch {
      // Only a broken link refuses an UNSUBSCRIBE, and it takes the subscriptions with it.
    }
  }

  private retryLater(channels: readonly string[], era: number): void {
    for (const channel of channels) {
      this.held.delete(channel);
      this.going.delete(channel);
      this.owner.refused(channel);
    }
    this.clock.after(RETRY_MS, () => {
      if (era !== this.era) return;
      for (const channel of channels) if (this.owner.wanted(channel)) this.coming.add(channel);
      this.pump();
    });
  }
}

function take(channels: Set<string>, count: number): string[] {
  const taken: string[] = [];
  for (const channel of channels) {
    if (taken.length === count) break;
    taken.push(channel);
    channels.delete(channel);
  }
  return taken;
}

import type { Clock } from '../contracts/clock.js';
import type { RedisLink } from './redis-link.js';
import { RefusedChannels } from './refused-channels.js';

/** One channel, as long as somebody reads it or Redis holds it. */
export interface HeldChannel {
  /** whether Redis was asked to hold it, and has confirmed it; nobody but `ChannelSubscriptions` changes it */
  held: 'no' | 'asked' | 'confirmed';
  /** whether anybody reads it now */
  readonly isRead: boolean;
}

/** Who owns the channels and is told how they fare. */
export interface ChannelOwner {
  /** Redis has confirmed the channel. */
  acknowledged(channel: string): void;
  /** Redis refused it (an access rule, say); it is asked again after a while. */
  refused(channel: string): void;
}

/**
 * Subscribes and unsubscribes in batches, one command at a time and each awaited, so that what Redis holds
 * and what is wanted never drift apart however quickly channels come and go. Channels are asked for in the
 * order in which they were wanted.
 */
export class ChannelSubscriptions {
  private readonly coming = new Set<string>();
  private readonly going = new Set<string>();
  private readonly refused: RefusedChannels;
  private pumping = false;
  private era = 0;

  constructor(
    private readonly link: RedisLink,
    clock: Clock,
    private readonly batchSize: number,
    /** by name; one that nobody reads leaves it here, once Redis does not hold it any more */
    private readonly channels: Map<string, HeldChannel>,
    private readonly owner: ChannelOwner,
  ) {
    this.refused = new RefusedChannels(clock, () => {
      this.pump();
    });
  }

  want(channel: string): void {
    this.going.delete(channel);
    const state = this.channels.get(channel)?.held;
    if (state === 'no') {
      // One that Redis would refuse takes no batch of others down with it, and waits until it is asked for again.
      if (!this.refused.has(channel)) this.coming.add(channel);
      this.pump();
    } else if (state === 'confirmed') {
      // It was on its way out and never left.
      queueMicrotask(() => {
        if (this.isConfirmed(channel)) this.owner.acknowledged(channel);
      });
    }
  }

  unwant(channel: string): void {
    this.coming.delete(channel);
    this.refused.delete(channel);
    if (this.channels.get(channel)?.held === 'no') this.channels.delete(channel);
    else {
      this.going.add(channel);
      this.pump();
    }
  }

  /** The connection is gone, and with it every subscription. */
  forget(): void {
    this.era++;
    this.coming.clear();
    for (const channel of this.going) this.channels.delete(channel);
    this.going.clear();
    for (const channel of this.channels.values()) channel.held = 'no';
    // What was refused will hardly be allowed now: it is asked for last, and apart.
    this.refused.askAgain();
    this.pumping = false;
  }

  /** Nothing is asked any more, and no timer stays. */
  close(): void {
    this.forget();
    this.refused.close();
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
      if (leaving.length > 0) {
        await this.unsubscribe(leaving);
        continue;
      }
      const fresh = take(this.coming, this.batchSize);
      const arriving = fresh.length > 0 ? fresh : this.refused.take(this.batchSize);
      if (arriving.length === 0) break;
      await this.subscribeOrSingleOut(arriving, era);
    }
    if (era === this.era) this.pumping = false;
  }

  /** A batch is refused as a whole for one of its channels: it is halved until those are found. */
  private async subscribeOrSingleOut(batch: readonly string[], era: number): Promise<void> {
    const search = this.refused.search(batch);
    for (let part = search.next(); part !== undefined; part = search.next()) {
      const wanted = part.filter((channel) => this.channels.get(channel)?.isRead === true);
      const isTaken = wanted.length === 0 || (await this.subscribe(wanted, era));
      if (era !== this.era) return;
      for (const channel of search.answered(part, isTaken)) this.owner.refused(channel);
    }
  }

  private async subscribe(channels: readonly string[], era: number): Promise<boolean> {
    // Held from the moment the command is sent: a channel that is left meanwhile must be unsubscribed.
    for (const channel of channels) this.hold(channel, 'asked');
    try {
      await this.link.redis.subscribe(...channels);
    } catch {
      if (era === this.era) for (const channel of channels) this.drop(channel);
      return false;
    }
    if (era !== this.era) return true;
    for (const channel of channels) {
      this.hold(channel, 'confirmed');
      if (!this.going.has(channel)) this.owner.acknowledged(channel);
    }
    return true;
  }

  private async unsubscribe(channels: string[]): Promise<void> {
    for (const channel of channels) this.channels.delete(channel);
    try {
      await this.link.redis.unsubscribe(...channels);
    } catch {
      // Only a broken link refuses an UNSUBSCRIBE, and it takes the subscriptions with it.
    }
  }

  private isConfirmed(name: string): boolean {
    const channel = this.channels.get(name);
    return channel?.held === 'confirmed' && channel.isRead;
  }

  private hold(name: string, held: HeldChannel['held']): void {
    const channel = this.channels.get(name);
    if (channel !== undefined) channel.held = held;
  }

  private drop(channel: string): void {
    this.hold(channel, 'no');
    if (this.going.delete(channel)) this.channels.delete(channel);
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

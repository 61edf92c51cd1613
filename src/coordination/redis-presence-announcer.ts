import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../contracts/clock.js';
import type { PresenceAnnouncer } from '../contracts/presence-announcer.js';
import { presenceWords, type PresenceWords } from './presence-words.js';

/** The control channel of a fleet, whatever the publisher's prefixes are. */
const CHANNEL = 'crossfade:presence-closed';
/** closes that come together are told together */
const MERGE_MS = 20;
/** Whoever was only just reconnecting hears it the second time. */
const REPEAT_MS = 3_000;
/** how long the publisher may be silent after a close: older news is none */
const WORTH_TELLING_MS = 45_000;
const MOST_UIDS_AT_ONCE = 500;
/** of announcements that were heard; repetitions come within seconds */
const MOST_REMEMBERED = 10_000;

/** The part of CoordinationRedis that is used. */
export interface ControlChannels {
  readonly commands: { publish(channel: string, text: string): Promise<unknown> };
  listen(channel: string, listener: (text: string) => void): Cancel;
}

interface Announcement {
  readonly text: string;
  readonly untilMs: number;
  timesLeft: number;
}

/**
 * Tells the replicas of a fleet of each other's closed presences by Pub/Sub: at once, and once more 3 s later.
 * While Redis does not take it, it tries on for as long as the news is worth telling.
 */
export class RedisPresenceAnnouncer implements PresenceAnnouncer {
  private readonly replica = randomUUID();
  private readonly listeners = new Set<(uid: string) => void>();
  private readonly stopListening: Cancel;
  private readonly remembered = new Set<string>();
  private readonly untold = new Set<string>();
  private readonly repeating = new Set<Cancel>();
  private flushing: Cancel | undefined;
  private count = 0;

  constructor(
    private readonly redis: ControlChannels,
    private readonly clock: Clock,
  ) {
    this.stopListening = redis.listen(CHANNEL, (text) => {
      const words = presenceWords(text);
      if (words !== undefined && this.isNew(words)) this.tellHere(words.uids);
    });
  }

  closed(uid: string): void {
    this.untold.add(uid);
    this.flushing ??= this.clock.after(MERGE_MS, () => {
      this.flush();
    });
  }

  onClosed(listener: (uid: string) => void): Cancel {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Says what is still unsaid, once, and leaves no timer. */
  async close(): Promise<void> {
    this.stopListening();
    const last = this.takeUntold().map((uids) => this.publish(this.textOf(uids)));
    this.flushing?.();
    for (const cancel of this.repeating) cancel();
    this.repeating.clear();
    await Promise.all(last);
  }

  private flush(): void {
    this.flushing = undefined;
    const untilMs = this.clock.elapsedMs() + WORTH_TELLING_MS;
    for (const uids of this.takeUntold()) this.say({ text: this.textOf(uids), untilMs, timesLeft: 2 });
  }

  private say(announcement: Announcement): void {
    void this.publish(announcement.text).then((isTaken) => {
      if (isTaken) announcement.timesLeft--;
      if (announcement.timesLeft === 0 || this.clock.elapsedMs() >= announcement.untilMs) return;
      const cancel = this.clock.after(REPEAT_MS, () => {
        this.repeating.delete(cancel);
        this.say(announcement);
      });
      this.repeating.add(cancel);
    });
  }

  private publish(text: string): Promise<boolean> {
    return this.redis.commands.publish(CHANNEL, text).then(
      () => true,
      () => false,
    );
  }

  private takeUntold(): string[][] {
    const uids = [...this.untold];
    this.untold.clear();
    const parts: string[][] = [];
    for (let at = 0; at < uids.length; at += MOST_UIDS_AT_ONCE)
      parts.push(uids.slice(at, at + MOST_UIDS_AT_ONCE));
    return parts;
  }

  private textOf(uids: readonly string[]): string {
    return JSON.stringify({ replica: this.replica, number: this.count++, uids } satisfies PresenceWords);
  }

  private isNew({ replica, number }: PresenceWords): boolean {
    const name = `${replica} ${number}`;
    if (replica === this.replica || this.remembered.has(name)) return false;
    this.remembered.add(name);
    for (const oldest of this.remembered) {
      if (this.remembered.size <= MOST_REMEMBERED) break;
      this.remembered.delete(oldest);
    }
    return true;
  }

  private tellHere(uids: readonly string[]): void {
    for (const uid of uids) for (const listener of [...this.listeners]) listener(uid);
  }
}

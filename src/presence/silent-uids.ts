import type { Clock } from '../contracts/clock.js';

/** how long the publisher may be silent about a uid after one of its presences was closed */
const SILENCE_MS = 45_000;

/** The uids about which the publisher may be silent; each is forgotten when its silence must be over. */
export class SilentUids {
  /** until when, of `Clock.elapsedMs()`, in ascending order */
  private readonly untilMs = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  add(uid: string): void {
    const nowMs = this.clock.elapsedMs();
    this.untilMs.delete(uid);
    this.untilMs.set(uid, nowMs + SILENCE_MS);
    for (const [other, untilMs] of this.untilMs) {
      if (untilMs > nowMs) break;
      this.untilMs.delete(other);
    }
  }

  /** Whether it may be silent now, of a close after `sinceMs`. */
  has(uid: string, sinceMs = -Infinity): boolean {
    const untilMs = this.untilMs.get(uid) ?? 0;
    return untilMs > this.clock.elapsedMs() && untilMs - SILENCE_MS > sinceMs;
  }
}

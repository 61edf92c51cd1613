import type { Cancel, Clock } from '../contracts/clock.js';
import type { Doubter } from './doubt-book.js';
import { RecentUsers } from './recent-users.js';

/** so long a user's last verdict counts */
const WINDOW_MS = 30_000;
const LEAST_USERS = 3;
/** Of the users with a verdict, so many must lack something: chance losses are the judge's affair. */
const LEAST_SHARE = 0.5;
/** so long it must hold */
const HOLD_MS = 5_000;
/** A doubt is settled when at most so many still lack something. */
const WELL_SHARE = 0.1;
/** A doubt about which nothing more is heard ends by itself. */
const FORGET_MS = 300_000;
const SWEEP_MS = 5_000;
const MOST_USERS = 20_000;

interface LastVerdict {
  readonly atMs: number;
  /** since when Redis lacked what legacy brought; undefined where it did not */
  readonly lacksSinceMs: number | undefined;
}

/**
 * Doubts the publisher when the last thing that was compared is missing in Redis for several users, and for at
 * least half of all of whom anything was compared lately. Whatever legacy lacks is nothing to it.
 */
export class MissingWatch {
  private readonly users = new RecentUsers<LastVerdict>();
  private lacking = 0;
  private heldSinceMs: number | undefined;
  private missedAtMs = -Infinity;
  private raisedAtMs: number | undefined;
  private sweeping: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly doubter: Doubter,
  ) {}

  /** Something was compared for a user, and Redis had brought it. */
  heard(uid: string): void {
    this.note(uid, undefined);
  }

  /** Redis has not brought to a user what legacy brought at `sinceMs`, of `Clock.elapsedMs()`. */
  missing(uid: string, sinceMs: number): void {
    this.missedAtMs = this.clock.elapsedMs();
    // A user who lacked something before lacks it still.
    this.note(uid, this.users.get(uid)?.lacksSinceMs ?? sinceMs);
  }

  close(): void {
    this.sweeping?.();
    this.forget();
  }

  private note(uid: string, lacksSinceMs: number | undefined): void {
    const nowMs = this.clock.elapsedMs();
    const before = this.users.set(uid, { atMs: nowMs, lacksSinceMs });
    if (before?.lacksSinceMs !== undefined) this.lacking--;
    if (lacksSinceMs !== undefined) this.lacking++;
    this.expire(nowMs);
    if (this.raisedAtMs === undefined) this.raiseIfDue(nowMs);
  }

  private raiseIfDue(nowMs: number): void {
    if (this.lacking < LEAST_USERS || this.lacking < LEAST_SHARE * this.users.size) {
      this.heldSinceMs = undefined;
      return;
    }
    this.heldSinceMs ??= nowMs;
    if (nowMs - this.heldSinceMs < HOLD_MS) return;
    this.raisedAtMs = nowMs;
    const since = [...this.users.values()].map(({ lacksSinceMs }) => lacksSinceMs ?? Infinity);
    this.doubter.raise(Math.min(...since));
    this.sweeping = this.clock.every(SWEEP_MS, () => {
      this.settleIfDue();
    });
  }

  /** Only what was compared since the doubt, over a whole window, can settle it. */
  private settleIfDue(): void {
    const nowMs = this.clock.elapsedMs();
    this.expire(nowMs);
    const isJudged = nowMs - (this.raisedAtMs ?? nowMs) >= WINDOW_MS && this.users.size > 0;
    const isWell = isJudged && this.lacking <= WELL_SHARE * this.users.size;
    if (!isWell && nowMs - this.missedAtMs < FORGET_MS) return;
    this.sweeping?.();
    this.forget();
    this.doubter.settle();
  }

  private expire(nowMs: number): void {
    for (let { oldest } = this.users; oldest !== undefined; oldest = this.users.oldest) {
      if (nowMs - oldest.atMs < WINDOW_MS && this.users.size <= MOST_USERS) return;
      if (oldest.lacksSinceMs !== undefined) this.lacking--;
      this.users.dropOldest();
    }
  }

  private forget(): void {
    this.users.clear();
    this.lacking = 0;
    this.sweeping = this.heldSinceMs = this.raisedAtMs = undefined;
  }
}

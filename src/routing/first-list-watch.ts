import type { Cancel, Clock } from '../contracts/clock.js';
import type { Doubter } from './doubt-book.js';
import { RecentUsers } from './recent-users.js';

/** so long the first list of a user counts, whether it came or not */
const WINDOW_MS = 60_000;
const LEAST_USERS = 3;
/** of the users who became present, so many must have got none */
const LEAST_SHARE = 0.5;
/** between two questions to the publisher, however suspicious it is */
const ASK_AGAIN_MS = 15_000;
/** so many good answers in a row settle a doubt */
const GOOD_ANSWERS = 2;
/** A doubt for which no user gives any more reason ends by itself. */
const FORGET_MS = 600_000;
const MOST_USERS = 10_000;

/** What came of a presence of our own: a list, none, or a link that broke meanwhile. */
export type ProbeResult = 'heard' | 'unheard' | 'broken';

interface FirstList {
  readonly atMs: number;
  /** since when it was waited for in vain; undefined where it came */
  readonly sinceMs: number | undefined;
}

/**
 * Doubts the publisher when several users, and at least half of all, became present and got no first list. That
 * alone proves nothing, since a uid that is attached elsewhere gets none: so somebody is made present whom nobody
 * knows. Only when that one gets no list either, the publisher is mute, or its prefix is another.
 */
export class FirstListWatch {
  private readonly users = new RecentUsers<FirstList>();
  private state: 'calm' | 'asking' | 'doubting' | 'closed' = 'calm';
  private askedAtMs = -Infinity;
  private missedAtMs = -Infinity;
  private goodAnswers = 0;
  private nextAsk: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly doubter: Doubter,
    /** makes somebody present whom nobody knows; never rejects */
    private readonly probe: () => Promise<ProbeResult>,
  ) {}

  /** A user who had become present got the first list. */
  came(uid: string): void {
    this.note(uid, undefined);
    if (this.state === 'doubting' && this.isEverybodyServed()) this.settle();
  }

  /** A user who had become present at `sinceMs`, of `Clock.elapsedMs()`, got none in time. */
  missed(uid: string, sinceMs: number): void {
    this.missedAtMs = this.clock.elapsedMs();
    this.note(uid, sinceMs);
    if (this.state === 'calm' && this.isSuspicious()) void this.ask();
  }

  close(): void {
    this.state = 'closed';
    this.nextAsk?.();
    this.users.clear();
  }

  private note(uid: string, sinceMs: number | undefined): void {
    const nowMs = this.clock.elapsedMs();
    this.users.set(uid, { atMs: nowMs, sinceMs });
    for (let { oldest } = this.users; oldest !== undefined; oldest = this.users.oldest) {
      if (nowMs - oldest.atMs < WINDOW_MS && this.users.size <= MOST_USERS) return;
      this.users.dropOldest();
    }
  }

  private get inVain(): readonly number[] {
    return [...this.users.values()].flatMap(({ sinceMs }) => sinceMs ?? []);
  }

  private isSuspicious(): boolean {
    if (this.clock.elapsedMs() - this.askedAtMs < ASK_AGAIN_MS || this.users.size < LEAST_USERS) return false;
    const { length } = this.inVain;
    return length >= LEAST_USERS && length >= LEAST_SHARE * this.users.size;
  }

  private isEverybodyServed(): boolean {
    return this.users.size >= LEAST_USERS && this.inVain.length === 0;
  }

  private async ask(): Promise<void> {
    this.state = 'asking';
    this.askedAtMs = this.clock.elapsedMs();
    const result = await this.probe();
    if (this.isClosed()) return;
    if (result !== 'unheard') {
      this.state = 'calm';
      this.users.clear();
      return;
    }
    this.state = 'doubting';
    this.goodAnswers = 0;
    this.doubter.raise(Math.min(this.askedAtMs, ...this.inVain));
    // From here on only what comes after the doubt counts.
    this.users.clear();
    this.askLater();
  }

  private askLater(): void {
    this.nextAsk = this.clock.after(ASK_AGAIN_MS, () => {
      void this.askAgain();
    });
  }

  private async askAgain(): Promise<void> {
    const result = await this.probe();
    if (this.state !== 'doubting') return;
    this.goodAnswers = result === 'heard' ? this.goodAnswers + 1 : 0;
    if (this.goodAnswers >= GOOD_ANSWERS || this.clock.elapsedMs() - this.missedAtMs >= FORGET_MS)
      this.settle();
    else this.askLater();
  }

  private settle(): void {
    this.nextAsk?.();
    this.state = 'calm';
    this.users.clear();
    this.doubter.settle();
  }

  private isClosed(): boolean {
    return this.state === 'closed';
  }
}

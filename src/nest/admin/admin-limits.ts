import { RateLimiterMemory } from 'rate-limiter-flexible';
import { AdminRefusal } from './admin-refusal.js';

const WITHIN_SECONDS = 10;

/** How many requests are answered within ten seconds: for each token, and for all strangers together. */
export interface AdminLimitsOptions {
  /** default 200 */
  readonly readings?: number;
  /** default 20 */
  readonly actions?: number;
  /** who sends no token that is known; default 50 */
  readonly strangers?: number;
}

/**
 * Counts requests by token, and those of strangers all together, so that no address or guess takes memory. Who has a
 * good token is not slowed by strangers.
 */
export class AdminLimits {
  private readonly limiters: Readonly<Record<keyof AdminLimitsOptions, RateLimiterMemory>>;

  constructor({ readings = 200, actions = 20, strangers = 50 }: AdminLimitsOptions = {}) {
    const limiter = (points: number): RateLimiterMemory =>
      new RateLimiterMemory({ points, duration: WITHIN_SECONDS });
    this.limiters = {
      readings: limiter(readings),
      actions: limiter(actions),
      strangers: limiter(strangers),
    };
  }

  /** @throws AdminRefusal 429, with the seconds to wait */
  async take(kind: keyof AdminLimitsOptions, who: string): Promise<void> {
    try {
      await this.limiters[kind].consume(who);
    } catch (error) {
      const { msBeforeNext = 1_000 } = error as { readonly msBeforeNext?: number };
      const seconds = String(Math.max(1, Math.ceil(msBeforeNext / 1_000)));
      throw new AdminRefusal(
        429,
        'too_many_requests',
        `There were more than ${this.limiters[kind].points} requests in ${WITHIN_SECONDS} s.`,
        `Wait ${seconds} s.`,
        { 'Retry-After': seconds },
      );
    }
  }
}

import { RateLimiterMemory } from 'rate-limiter-flexible';
import { AdminRefusal } from './admin-refusal.js';

/** How much is answered: so many within so many seconds, for each token; strangers share one. */
export const LIMITS = {
  readings: { points: 200, duration: 10 },
  actions: { points: 20, duration: 10 },
  strangers: { points: 50, duration: 10 },
} as const;

export type Limited = keyof typeof LIMITS;

/**
 * Counts requests by token, and those of strangers all together, so that no address or guess takes memory. Who has a
 * good token is not slowed by strangers.
 */
export class AdminLimits {
  private readonly limiters = new Map(
    Object.entries(LIMITS).map(([kind, limit]) => [kind, new RateLimiterMemory(limit)]),
  );

  /** @throws AdminRefusal 429, with the seconds to wait */
  async take(kind: Limited, who: string): Promise<void> {
    try {
      await this.limiters.get(kind)?.consume(who);
    } catch (error) {
      const { msBeforeNext = 1_000 } = error as { readonly msBeforeNext?: number };
      const seconds = String(Math.max(1, Math.ceil(msBeforeNext / 1_000)));
      throw new AdminRefusal(
        429,
        'too_many_requests',
        `There were more than ${LIMITS[kind].points} requests in ${LIMITS[kind].duration} s.`,
        `Wait ${seconds} s.`,
        { 'Retry-After': seconds },
      );
    }
  }
}

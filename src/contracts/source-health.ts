import type { GapCause, GapStart } from '../domain/gap.js';

/** What a watcher can doubt about this replica's Redis as a whole, besides its link: nothing comes through it, or nobody publishes. */
export type DoubtCause = Extract<GapCause, 'canary' | 'publisher'>;

/**
 * What a doubt rests on. `canary`: a message of our own did not come home. The others are about the publisher:
 * `first_list`, users who had just become present got no list; `readyz`, it says itself that it cannot publish;
 * `missing_in_redis`, several users lack on Redis what legacy brought.
 */
export type DoubtReason = 'canary' | 'first_list' | 'readyz' | 'missing_in_redis';

export const DOUBT_REASONS = [
  'canary',
  'first_list',
  'readyz',
  'missing_in_redis',
] as const satisfies readonly DoubtReason[];

/**
 * Who is told what watchers make of this replica's Redis. While any doubt stands, every topic has a gap of that
 * cause on Redis, and users in `live` are served by legacy. A doubt of the publisher ends no comparison: what it
 * does not say is what is to be found. No call throws or waits.
 */
export interface SourceHealth {
  /** Redis may be missing events since `gap.sinceMs`, until `clear` of the same cause. Telling it again changes nothing. */
  doubt(gap: GapStart & { readonly cause: DoubtCause }): void;
  /** The doubt is over: from here on nothing is missed for this cause. Without a doubt it does nothing. */
  clear(cause: DoubtCause): void;
}

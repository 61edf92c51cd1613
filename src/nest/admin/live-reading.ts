import type { Sample } from '../../contracts/comparison-evidence.js';
import { MISMATCH_CLASSES, type ComparisonClass, type MismatchClass } from '../../domain/comparison.js';
import { effectivePercents } from '../../domain/effective-percents.js';
import type { Flag } from '../../domain/flag.js';
import { bucketsSince, histogramQuantile } from '../../domain/histogram-quantile.js';
import type { Source } from '../../domain/source.js';
import type { Stage } from '../../domain/stage.js';
import type { LiveSums } from '../../metrics/live-sums.js';

/** How one replica does at this moment. */
export interface LiveReading {
  /** milliseconds since 1970 */
  readonly atMs: number;
  /** users who are connected to this replica, by stage */
  readonly users: Readonly<Record<Stage, number>>;
  /** percent of them who are compared, and served from Redis; null where nobody is connected */
  readonly effective: Readonly<Record<Flag, number>> | null;
  /** since the process began */
  readonly total: {
    readonly matched: number;
    readonly mismatched: Readonly<Record<MismatchClass, number>>;
    readonly excused: number;
    /** messages that name another user than their channel; nobody got them */
    readonly misrouted: number;
    /** messages that are no envelope; nobody got them */
    readonly unreadable: number;
  };
  /** over the last half minute, or less while the reading is younger */
  readonly recent: RecentReading;
  /** the last mismatches, newest first, without what was said */
  readonly mismatches: readonly Sample[];
  /** what is ill without keeping anybody from being served */
  readonly degraded: readonly string[];
}

/** What a short time came to. */
export interface RecentReading {
  readonly seconds: number;
  readonly comparisons: number;
  readonly mismatches: number;
  readonly misrouted: number;
  readonly unreadable: number;
  /** matched over all comparisons, 0 to 1; null where nothing was compared */
  readonly parity: number | null;
  /** Redis arrival minus legacy arrival, signed milliseconds; null where nothing was observed */
  readonly lagP50Ms: number | null;
  readonly lagP99Ms: number | null;
  readonly deliveredPerSecond: Readonly<Record<Source, number>>;
}

/** Sums, and when they were read. */
export interface TimedSums {
  readonly atMs: number;
  readonly sums: LiveSums;
}

/** What came between two readings; nothing where there is but one. */
export function recentReading(before: TimedSums, now: TimedSums): RecentReading {
  const seconds = Math.max(0, now.atMs - before.atMs) / 1_000;
  const since = (outcome: ComparisonClass): number =>
    now.sums.comparisons[outcome] - before.sums.comparisons[outcome];
  const mismatches = MISMATCH_CLASSES.reduce((sum, outcome) => sum + since(outcome), 0);
  const comparisons = since('matched') + mismatches;
  const lag = bucketsSince(before.sums.lag, now.sums.lag);
  const perSecond = (source: Source): number =>
    seconds === 0 ? 0 : (now.sums.delivered[source] - before.sums.delivered[source]) / seconds;
  return {
    seconds,
    ...{ comparisons, mismatches },
    misrouted: now.sums.misrouted - before.sums.misrouted,
    unreadable: now.sums.unreadable - before.sums.unreadable,
    parity: comparisons === 0 ? null : since('matched') / comparisons,
    lagP50Ms: milliseconds(histogramQuantile(0.5, lag)),
    lagP99Ms: milliseconds(histogramQuantile(0.99, lag)),
    deliveredPerSecond: { legacy: perSecond('legacy'), redis: perSecond('redis') },
  };
}

/** Puts a reading together; `mismatches` may hold values, which are left out. */
export function liveReading(
  before: TimedSums,
  now: TimedSums,
  here: Pick<LiveReading, 'users' | 'mismatches' | 'degraded'>,
): LiveReading {
  const { excused, misrouted, unreadable, comparisons } = now.sums;
  const { matched, ...mismatched } = comparisons;
  return {
    atMs: now.atMs,
    users: here.users,
    effective: effectivePercents(here.users) ?? null,
    total: { matched, mismatched, excused, misrouted, unreadable },
    recent: recentReading(before, now),
    mismatches: here.mismatches.map(withoutValues),
    degraded: here.degraded,
  };
}

/** A mismatch as anybody may see it. */
export function withoutValues(sample: Sample): Sample {
  const { values, ...shown } = sample;
  return values === undefined ? sample : shown;
}

function milliseconds(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1_000;
}

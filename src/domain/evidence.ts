import type { ComparisonClass, ExcuseReason, NotComparedReason } from './comparison.js';
import type { Source } from './source.js';

/**
 * What is known at one look, summed over the replicas. A plain value that survives JSON, so that a recorded
 * decision can be judged again. Counts are whole and not negative; `since` sums begin when the percentages
 * came in force, `recent` ones cover the last `recentMs`.
 */
export interface Evidence {
  /** the look, `Clock.nowMs()` */
  readonly readAtMs: number;
  /** when the `since` sums begin, time of day in ms */
  readonly sinceMs: number;
  /** length of the recent window, ms */
  readonly recentMs: number;
  readonly replicas: ReplicaReport;
  readonly inForce: InForce;
  /** comparisons since the percentages came in force, by class and type; a pair that is left out is 0 */
  readonly comparisons: readonly ComparisonCount[];
  /** the same over the recent window */
  readonly recentComparisons: readonly ComparisonCount[];
  readonly excused: readonly ReasonCount<ExcuseReason>[];
  readonly notCompared: readonly ReasonCount<NotComparedReason>[];
  /** types of which only one user in so many is compared; what is proven is proven of these */
  readonly sampled: readonly SampledType[];
  readonly users: UserSums;
  /** the users with the most mismatches, hashed, worst first; may be empty where only sums are to be had */
  readonly worstUsers: readonly WorstUser[];
  /** the same sums over two windows: what harm is proven by, and what shows whether it goes on */
  readonly since: TransportSums;
  readonly recent: TransportSums;
  readonly delivery: DeliveryState;
}

/** Who has answered; a widening needs all of them, a roll-back may act on fewer. */
export interface ReplicaReport {
  readonly expected: number;
  readonly reporting: number;
  /** what is missing or odd, each a sentence for a person */
  readonly problems: readonly string[];
}

/** What the replicas say is in force, which is what counts; never what was asked for. */
export interface InForce {
  /** percent of users, 0 to 100; left out while the replicas disagree or none says */
  readonly comparePercent?: number;
  readonly servePercent?: number;
  /** for how long all of them have said so without a break, ms */
  readonly forMs: number;
  /** age of the oldest flag state in force on any replica, ms; left out while one has none */
  readonly flagAgeMs?: number;
}

export interface ComparisonCount {
  readonly outcome: ComparisonClass;
  readonly type: string;
  readonly count: number;
}

export interface SampledType {
  readonly type: string;
  readonly oneIn: number;
}

export interface ReasonCount<Reason extends string> {
  readonly reason: Reason;
  readonly count: number;
}

/**
 * The sums by which users, not comparisons, are the unit, and the distinct users behind all of it.
 * They count the classes that a plan may guard, which `missing_in_legacy` is not among.
 */
export interface UserSums {
  /** users of whom anything guarded has been compared */
  readonly distinctUsers: number;
  /** E1: comparisons of users up to and including each one's first mismatch */
  readonly trials: number;
  /** E1: users who have mismatched at least once */
  readonly firstMismatches: number;
  /** Eu: users of whom ten comparisons have been made */
  readonly qualifiedUsers: number;
  /** Eu: those among them who mismatched within the ten */
  readonly mismatchedUsers: number;
  /** first ten comparisons of users, each user's up to and including the first mismatch */
  readonly earlyTrials: number;
  /** users who mismatched within their first ten, whether they have had all ten or not */
  readonly earlyMismatches: number;
}

export interface WorstUser {
  /** digest of the uid */
  readonly user: string;
  readonly comparisons: number;
  readonly mismatches: number;
}

/** How things travelled in a window. A signal is read from the recent one, so that it can recover. */
export interface TransportSums {
  /** Redis arrival minus legacy arrival, ms */
  readonly lag: Distribution;
  /** time of delivery minus the envelope's timestamp, ms, by the source it came from */
  readonly age: Readonly<Record<Source, Distribution>>;
  /** connected time summed over users, ms: what gaps are a share of */
  readonly userMs: number;
  /** gaps of Redis that ended, one for each topic, and their length */
  readonly gaps: { readonly count: number; readonly totalMs: number };
  readonly resyncs: { readonly asked: number; readonly failed: number };
  /** failures of what measures, not of what serves */
  readonly instrumentFailures: number;
  /** the self-test: two subscriptions of one source held against each other */
  readonly selfTest: { readonly agreed: number; readonly disagreed: number };
}

/** A histogram: `atMost[i]` of `count` values were at most `boundsMs[i]`. Bounds ascend. */
export interface Distribution {
  readonly count: number;
  readonly boundsMs: readonly number[];
  readonly atMost: readonly number[];
}

/** Whether those whom Redis serves are being served, at this moment. */
export interface DeliveryState {
  /** users who are connected, whatever serves them */
  readonly connectedUsers: number;
  /** users whom Redis serves now */
  readonly servedUsers: number;
  /** those among them for whom delivery has stopped: Redis is not attached and nothing stands in for it */
  readonly stoppedUsers: number;
  /** how long that has lasted for at least one of them, ms */
  readonly stoppedForMs: number;
}

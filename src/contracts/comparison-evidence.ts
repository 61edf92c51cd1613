import type { ComparisonClass, MismatchClass } from '../domain/comparison.js';

/** What a judge and a person may ask a comparer. Reading it is cheap and never throws. */
export interface ComparisonEvidence {
  /** Counters that add up over replicas; begun anew by `beginAnew`. */
  sums(): EvidenceSums;
  /** The percentage in force has changed: earlier comparisons say nothing about the users who are in now. */
  beginAnew(): void;
  /** Of how many users one is compared, by type pattern; only those that are not 1. */
  sampling(): ReadonlyMap<string, number>;
  /** Of how many users one is compared for events of this very type; undefined where the type is not compared. */
  sampleOneIn(type: string): number | undefined;
  /** The last mismatches, newest first; bounded by class and type. */
  samples(): readonly Sample[];
  /** The differing paths most often seen since the start, most frequent first. */
  paths(limit: number): readonly PathCount[];
  /** The users with the most mismatches since `beginAnew`, hashed, worst first. */
  worstUsers(limit: number): readonly UserCount[];
  /** What the comparer holds at this moment. */
  load(): ComparerLoad;
}

/** The sums by which users, not comparisons, are the unit. What only legacy lacks is in none of them. */
export interface EvidenceSums {
  /** users of whom anything has been compared */
  readonly distinctUsers: number;
  /** comparisons of users up to and including each one's first mismatch */
  readonly trials: number;
  /** users who have mismatched at least once */
  readonly firstMismatches: number;
  /** users of whom ten comparisons have been made */
  readonly qualifiedUsers: number;
  /** those among them who mismatched within the ten */
  readonly mismatchedUsers: number;
  /** first ten comparisons of users, each user's up to and including the first mismatch */
  readonly earlyTrials: number;
  /** users who mismatched within their first ten, whether they have had all ten or not */
  readonly earlyMismatches: number;
  /** comparisons of users who came after the bound on users was reached; they are in none of the sums */
  readonly usersLeftOut: number;
}

/** One mismatch, told without what it said. */
export interface Sample {
  readonly outcome: MismatchClass;
  readonly type: string;
  /** digest of the uid, with the salt of the settings */
  readonly user: string;
  /** digest of the item's id or the event's identity */
  readonly key: string;
  readonly fields: readonly string[];
  /** digests of what each side said; undefined where it said nothing */
  readonly digests: { readonly legacy: string | undefined; readonly redis: string | undefined };
  /** how long before the verdict the two came to differ, milliseconds */
  readonly ageMs: number;
  /** `Clock.nowMs()` of the verdict */
  readonly atMs: number;
  /** the differing values, redacted; only where switched on */
  readonly values?: readonly SampledValue[];
}

export interface SampledValue {
  readonly path: string;
  readonly legacy: string;
  readonly redis: string;
}

export interface PathCount {
  readonly type: string;
  readonly path: string;
  readonly count: number;
}

export interface UserCount {
  readonly user: string;
  readonly comparisons: number;
  readonly mismatches: number;
}

export interface ComparerLoad {
  readonly sessions: number;
  /** arrivals that wait to be looked at */
  readonly queued: number;
  /** events that wait for their partner */
  readonly pending: number;
  /** list items that are held */
  readonly items: number;
}

/** How two subscriptions of one source agreed, by type; a disagreement is a fault of the instrument. */
export interface SelfTestTally {
  readonly type: string;
  readonly agreed: number;
  readonly disagreed: number;
  readonly byClass: Readonly<Partial<Record<ComparisonClass, number>>>;
}

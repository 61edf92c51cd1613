import type {
  ComparerLoad,
  EvidenceSums,
  PathCount,
  Sample,
  SelfTestTally,
  UserCount,
} from '../../contracts/comparison-evidence.js';

/** What the comparison of one replica has found, for a person. */
export interface ComparisonReport {
  readonly sums: EvidenceSums;
  /** of how many users one is compared, by type pattern; only those that are not 1 */
  readonly sampling: Readonly<Record<string, number>>;
  /** the last mismatches, newest first; differing values only for operators, and only where they are kept */
  readonly samples: readonly Sample[];
  /** the differing paths most often seen */
  readonly paths: readonly PathCount[];
  /** the users with the most mismatches, hashed */
  readonly worstUsers: readonly UserCount[];
  readonly load: ComparerLoad;
  /** empty where it is off */
  readonly selfTest: readonly SelfTestTally[];
}

import type { EvidenceSums, UserCount } from '../contracts/comparison-evidence.js';

/** How many comparisons of a user the test by users looks at. */
const FIRST_COMPARISONS = 10;

interface UserTally {
  comparisons: number;
  mismatches: number;
  mismatchedEarly: boolean;
}

/**
 * The sums in which the unit is the user, so that one broken user cannot condemn the rest: each user's
 * comparisons count up to and including the first mismatch, and whether any of the first ten mismatched.
 * What counts against no budget, because only legacy lacks it, is for the caller to leave out.
 * Users are known by a hash; beyond the bound new ones are left out of all sums, which biases none of them.
 */
export class UserSums {
  private users = new Map<string, UserTally>();
  private trials = 0;
  private firstMismatches = 0;
  private qualifiedUsers = 0;
  private mismatchedUsers = 0;
  private earlyTrials = 0;
  private earlyMismatches = 0;
  private usersLeftOut = 0;

  constructor(private readonly maxUsers: number) {}

  add(user: string, mismatched: boolean): void {
    const tally = this.tallyOf(user);
    if (tally === undefined) return;
    const early = tally.comparisons < FIRST_COMPARISONS;
    if (tally.mismatches === 0) {
      this.trials++;
      if (early) this.earlyTrials++;
      if (mismatched) this.firstMismatches++;
      if (mismatched && early) this.earlyMismatches++;
    }
    tally.comparisons++;
    if (mismatched) {
      tally.mismatches++;
      tally.mismatchedEarly ||= early;
    }
    if (tally.comparisons === FIRST_COMPARISONS) {
      this.qualifiedUsers++;
      if (tally.mismatchedEarly) this.mismatchedUsers++;
    }
  }

  read(): EvidenceSums {
    const { trials, firstMismatches, qualifiedUsers, mismatchedUsers } = this;
    const { earlyTrials, earlyMismatches, usersLeftOut } = this;
    const distinctUsers = this.users.size;
    return {
      ...{ distinctUsers, trials, firstMismatches, qualifiedUsers, mismatchedUsers },
      ...{ earlyTrials, earlyMismatches, usersLeftOut },
    };
  }

  beginAnew(): void {
    this.users = new Map();
    this.trials = this.firstMismatches = this.qualifiedUsers = this.mismatchedUsers = 0;
    this.earlyTrials = this.earlyMismatches = this.usersLeftOut = 0;
  }

  worst(limit: number): UserCount[] {
    return [...this.users]
      .filter(([, { mismatches }]) => mismatches > 0)
      .sort(([, a], [, b]) => b.mismatches - a.mismatches)
      .slice(0, limit)
      .map(([user, { comparisons, mismatches }]) => ({ user, comparisons, mismatches }));
  }

  private tallyOf(user: string): UserTally | undefined {
    let tally = this.users.get(user);
    if (tally !== undefined) return tally;
    if (this.users.size >= this.maxUsers) {
      this.usersLeftOut++;
      return undefined;
    }
    tally = { comparisons: 0, mismatches: 0, mismatchedEarly: false };
    this.users.set(user, tally);
    return tally;
  }
}

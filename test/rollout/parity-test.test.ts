import { describe, expect, it } from '@jest/globals';
import type { UserSums } from '../../src/domain/evidence.js';
import {
  cleanComparisonsNeeded,
  cleanUsersNeeded,
  isGoodByEvents,
  isGoodByUsers,
  isHardHarm,
  isHarm,
  logHarm,
  upperBound,
} from '../../src/rollout/parity-test.js';
import { logMixture } from '../../src/rollout/mixture.js';
import { HARM } from '../../src/rollout/parity-test.js';

const BUDGET = { events: 0.001, users: 0.01 };

function sums(changed: Partial<UserSums>): UserSums {
  return {
    distinctUsers: 500,
    trials: 0,
    firstMismatches: 0,
    qualifiedUsers: 0,
    mismatchedUsers: 0,
    earlyTrials: 0,
    earlyMismatches: 0,
    ...changed,
  };
}

describe('given the test for harm', () => {
  it('wants six distinct users, however strong the evidence', () => {
    expect(isHarm(sums({ trials: 10, firstMismatches: 5 }), BUDGET, 0.01)).toBe(false);
    expect(isHarm(sums({ trials: 11, firstMismatches: 6 }), BUDGET, 0.01)).toBe(true);
  });

  it('finds none in a rate at the budget', () => {
    expect(isHarm(sums({ trials: 20_000, firstMismatches: 20 }), BUDGET, 0.01)).toBe(false);
  });

  it('leaves users as the unit out until a hundred of them have qualified', () => {
    const events = logMixture({ hits: 10, trials: 5000 }, 0.001, HARM);
    const early = sums({ trials: 5000, firstMismatches: 10, qualifiedUsers: 99, mismatchedUsers: 50 });
    expect(logHarm(early, BUDGET)).toBeCloseTo(Math.log(0.8) + events, 10);
    expect(logHarm({ ...early, qualifiedUsers: 100 }, BUDGET)).toBeGreaterThan(logHarm(early, BUDGET) + 10);
  });

  it('asks for a hundred comparisons before it calls harm hard, so that a few broken users are not', () => {
    expect(isHardHarm(sums({ trials: 50, firstMismatches: 5 }), BUDGET, 0.01)).toBe(false);
    expect(isHardHarm(sums({ trials: 100, firstMismatches: 2 }), BUDGET, 0.01)).toBe(false);
    expect(isHardHarm(sums({ trials: 150, firstMismatches: 20 }), BUDGET, 0.01)).toBe(true);
  });
});

describe('given the test for good', () => {
  it.each([0, 1, 3, 10])(
    'says how many more clean comparisons it wants after %d mismatches, to the one',
    (hits) => {
      const trials = hits * 500 + 100;
      const needed = cleanComparisonsNeeded({ hits, trials }, BUDGET.events, 0.05);
      expect(isGoodByEvents({ hits, trials: trials + needed }, BUDGET, 0.05)).toBe(true);
      expect(isGoodByEvents({ hits, trials: trials + needed - 1 }, BUDGET, 0.05)).toBe(false);
    },
  );

  it('wants about 3,600 clean comparisons from nothing, and none once they are there', () => {
    const needed = cleanComparisonsNeeded({ hits: 0, trials: 0 }, BUDGET.events, 0.05);
    expect(needed).toBeGreaterThan(3300);
    expect(needed).toBeLessThan(3700);
    expect(cleanComparisonsNeeded({ hits: 0, trials: needed }, BUDGET.events, 0.05)).toBe(0);
  });

  it('says how many more clean users it wants, to the one', () => {
    const now = sums({ earlyTrials: 400, earlyMismatches: 1 });
    const needed = cleanUsersNeeded(now, BUDGET, 0.05);
    expect(isGoodByUsers({ ...now, earlyTrials: 400 + 10 * needed }, BUDGET, 0.05)).toBe(true);
    expect(isGoodByUsers({ ...now, earlyTrials: 390 + 10 * needed }, BUDGET, 0.05)).toBe(false);
  });

  it('ends for any counts that can be', () => {
    expect(cleanComparisonsNeeded({ hits: 1e6, trials: 1e6 }, 0.000001, 0.000001)).toBeGreaterThan(1e6);
  });
});

describe('given the upper bound of the mismatch rate', () => {
  it('is 1 before the first comparison and never 0', () => {
    expect(upperBound({ hits: 0, trials: 0 }, 0.05)).toBe(1);
    expect(upperBound({ hits: 0, trials: 1_000_000 }, 0.05)).toBeGreaterThan(0);
  });

  it('lies above the rate found and falls as clean comparisons come', () => {
    const first = upperBound({ hits: 2, trials: 1000 }, 0.05);
    const later = upperBound({ hits: 2, trials: 10_000 }, 0.05);
    expect(first).toBeGreaterThan(0.002);
    expect(later).toBeGreaterThan(0.0002);
    expect(later).toBeLessThan(first);
  });

  it('crosses the budget exactly when the rate is shown to be below it', () => {
    for (const trials of [3000, 3400, 3500, 3600, 4000]) {
      expect(upperBound({ hits: 0, trials }, 0.05) <= 0.001 + 1e-9).toBe(
        isGoodByEvents({ hits: 0, trials }, BUDGET, 0.05),
      );
    }
  });
});

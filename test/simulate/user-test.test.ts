import { describe, expect, it } from '@jest/globals';
import { isGoodByUsers } from '../../src/rollout/parity-test.js';
import { ALPHAS, BUDGET, COMPARISONS_A_LOOK } from './cell.js';
import { Fleet, USERS, weights, type Traffic } from './fleet.js';
import { Random, WeightedDraw } from './random.js';

const RUNS = process.env['CROSSFADE_LONG'] === undefined ? 150 : 2000;
const LOOKS = 100;
/** Twice the budget of users mismatch within their first ten comparisons: what the test must not call good. */
const SHARE = 2 * BUDGET.users;

/** One user's rate by which that share of ten comparisons mismatch. */
const rateOf = (share: number): number => 1 - Math.pow(1 - share, 1 / 10);

/** Ways in which twice the budget of users can mismatch: all alike, or a few of them nearly always. */
const POPULATIONS = {
  'all alike': () => new Array<number>(USERS).fill(rateOf(SHARE)),
  'one in ten at ten times the rate': (random: Random) => mixed(random, 0.1, rateOf(SHARE / 0.1)),
  'one in fifty always': (random: Random) => mixed(random, SHARE, 1),
} as const;

function mixed(random: Random, share: number, rate: number): number[] {
  return Array.from({ length: USERS }, () => (random.unit() < share ? rate : 0));
}

function runsCalledGood(traffic: Traffic, population: keyof typeof POPULATIONS): number {
  const draw = new WeightedDraw(weights(traffic));
  let good = 0;
  for (let run = 0; run < RUNS; run++) {
    const random = new Random(7_000_003 + run);
    const fleet = new Fleet(
      { traffic: weights(traffic), rates: POPULATIONS[population](random) },
      random,
      draw,
    );
    for (let look = 0; look < LOOKS; look++) {
      fleet.compare(COMPARISONS_A_LOOK);
      if (!isGoodByUsers(fleet.sums(), BUDGET, ALPHAS.widen)) continue;
      good++;
      break;
    }
  }
  return good / RUNS;
}

describe(`given twice the budget of users, in ${RUNS} runs of ${LOOKS} looks (seeds from 7,000,003)`, () => {
  const slack = RUNS >= 2000 ? 0 : 3 * Math.sqrt((0.05 * 0.95) / RUNS);

  describe.each(['even', 'zipf', 'one user at 30 %'] as const)('with %s traffic', (traffic) => {
    it.each(Object.keys(POPULATIONS) as (keyof typeof POPULATIONS)[])(
      'is called good in at most one run of twenty, however the users differ (%s)',
      (population) => {
        expect(runsCalledGood(traffic, population)).toBeLessThanOrEqual(ALPHAS.widen + slack);
      },
    );
  });
});

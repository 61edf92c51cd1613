import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { logAdd, logMixture, logRatio } from '../../src/rollout/mixture.js';

const HARM = [
  { multiple: 2, weight: 0.6 },
  { multiple: 5, weight: 0.2 },
  { multiple: 10, weight: 0.2 },
];
const GOOD = [
  { multiple: 0, weight: 0.5 },
  { multiple: 0.3, weight: 0.5 },
];

describe('given the mixture likelihood ratio', () => {
  it('is the formula, written out', () => {
    const direct = HARM.reduce(
      (sum, { multiple: r, weight }) => sum + weight * r ** 3 * ((1 - r * 0.001) / (1 - 0.001)) ** (1000 - 3),
      0,
    );
    expect(logMixture({ hits: 3, trials: 1000 }, 0.001, HARM)).toBeCloseTo(Math.log(direct), 10);
  });

  it('begins at one', () => {
    expect(logMixture({ hits: 0, trials: 0 }, 0.001, HARM)).toBeCloseTo(0, 12);
    expect(logMixture({ hits: 0, trials: 0 }, 0.001, GOOD)).toBeCloseTo(0, 12);
  });

  it('has the expectation 1 at the budget, whatever the number of trials', () => {
    // Exact: the sum over all numbers of hits of their binomial probability times the ratio.
    for (const [budget, trials] of [
      [0.01, 40],
      [0.1, 25],
      [0.3, 12],
    ] as const) {
      for (const alternatives of [HARM, GOOD]) {
        let expectation = 0;
        let ways = 1;
        for (let hits = 0; hits <= trials; hits++) {
          const probability = ways * budget ** hits * (1 - budget) ** (trials - hits);
          expectation += probability * Math.exp(logMixture({ hits, trials }, budget, alternatives));
          ways = (ways * (trials - hits)) / (hits + 1);
        }
        expect(expectation).toBeCloseTo(1, 9);
      }
    }
  });

  it('stays finite for counts whose ratio would overflow', () => {
    expect(logMixture({ hits: 1e6, trials: 1e6 }, 0.001, HARM)).toBeGreaterThan(1e6);
    expect(logMixture({ hits: 0, trials: 1e12 }, 0.001, GOOD)).toBeGreaterThan(1e8);
    expect(logMixture({ hits: 0, trials: 1e12 }, 0.001, HARM)).toBeLessThan(-1e8);
  });

  it('is minus infinity where no alternative allows what was counted', () => {
    expect(logMixture({ hits: 1, trials: 9 }, 0.1, [{ multiple: 0, weight: 1 }])).toBe(-Infinity);
  });

  it('grows with hits for harm and with clean trials for good', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 50_000 }), (hits, clean) => {
        const trials = hits + clean;
        const now = { hits, trials };
        expect(logMixture({ hits: hits + 1, trials: trials + 1 }, 0.001, HARM)).toBeGreaterThan(
          logMixture(now, 0.001, HARM),
        );
        expect(logMixture({ hits, trials: trials + 1 }, 0.001, GOOD)).toBeGreaterThan(
          logMixture(now, 0.001, GOOD),
        );
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});

describe('given the parts it is made of', () => {
  it('adds in logs', () => {
    expect(logAdd(Math.log(3), Math.log(4))).toBeCloseTo(Math.log(7), 12);
    expect(logAdd(5000, 0)).toBe(5000);
    expect(logAdd(-Infinity, 2)).toBe(2);
    expect(logAdd(-Infinity, -Infinity)).toBe(-Infinity);
  });

  it('knows the ratio of a rate of nought', () => {
    expect(logRatio({ hits: 0, trials: 10 }, 0.5, 0)).toBeCloseTo(10 * Math.log(2), 12);
    expect(logRatio({ hits: 1, trials: 10 }, 0.5, 0)).toBe(-Infinity);
  });
});

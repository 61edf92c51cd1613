import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OpenBudget } from '../../src/presence/open-budget.js';

describe('given a budget of some per second', () => {
  it('allows no more than that in any second, and as many as that when they are asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 200 }),
        (perSecond, steps) => {
          const budget = new OpenBudget(perSecond);
          const allowed: number[] = [];
          let nowMs = 0;
          for (const step of steps) {
            nowMs += step;
            const inLastSecond = allowed.filter((atMs) => nowMs - atMs < 1000).length;
            const may = budget.take(nowMs);
            expect(may).toBe(inLastSecond < perSecond);
            if (may) allowed.push(nowMs);
          }
        },
      ),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { NOTHING, type Targets } from '../../src/domain/cohort-target.js';
import { defaultPlan } from '../../src/rollout/default-plan.js';
import { parsePlan } from '../../src/rollout/parse-plan.js';
import { START, differences, gateAt, stepOf, stepServing, targetsAt } from '../../src/rollout/position.js';

const plan = defaultPlan();

function percents(compare: number, serve: number): Targets {
  return { compare: { percent: compare, canaries: [] }, serve: { percent: serve, canaries: [] } };
}

describe('given a plan', () => {
  it('knows the targets of every step', () => {
    expect(targetsAt(plan, START)).toEqual(NOTHING);
    expect(
      plan.steps
        .map((_, i) => targetsAt(plan, i))
        .map(({ compare, serve }) => [compare.percent, serve.percent]),
    ).toEqual([
      [5, 0],
      [25, 0],
      [100, 0],
      [100, 1],
      [100, 5],
      [100, 25],
      [100, 50],
      [100, 100],
      [0, 100],
    ]);
  });

  it('finds the step of any targets, and none for others', () => {
    for (let i = START; i < plan.steps.length; i++) expect(stepOf(plan, targetsAt(plan, i))).toBe(i);
    expect(stepOf(plan, percents(100, 7))).toBeUndefined();
  });

  it('has a gate before each step but the last', () => {
    expect(gateAt(plan, START)?.soakMinutes).toBe(0);
    expect(gateAt(plan, 0)?.soakMinutes).toBe(60);
    expect(gateAt(plan, plan.steps.length - 1)).toBeUndefined();
  });

  it('finds the step that serves as many after a roll-back', () => {
    expect(stepServing(plan, percents(100, 5))).toBe(4);
    expect(stepServing(plan, percents(0, 50))).toBe(6);
    expect(stepServing(plan, percents(0, 0))).toBe(2);
    expect(stepServing(plan, percents(100, 7))).toBe(4);
  });

  it('changes one flag in each step', () => {
    for (let i = START; i < plan.steps.length - 1; i++) {
      expect(differences(targetsAt(plan, i), targetsAt(plan, i + 1))).toHaveLength(1);
    }
  });
});

describe('given named users', () => {
  it('keeps them until the flag goes to 0', () => {
    const parsed = parsePlan({
      version: 1,
      steps: [
        { canaries: ['b', 'a'] },
        { serveCanaries: ['a'] },
        { compare: 100 },
        { serve: 100 },
        { compare: 0 },
      ],
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    expect(targetsAt(parsed.plan, 3)).toEqual({
      compare: { percent: 100, canaries: ['a', 'b'] },
      serve: { percent: 100, canaries: ['a'] },
    });
    expect(targetsAt(parsed.plan, 4).compare.canaries).toEqual([]);
  });
});

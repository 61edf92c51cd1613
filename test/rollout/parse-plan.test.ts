import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { defaultPlan, defaultPlanFile } from '../../src/rollout/default-plan.js';
import { parsePlan } from '../../src/rollout/parse-plan.js';
import { GATE_FIELDS, SECTIONS } from '../../src/rollout/plan-fields.js';
import type { PlanFault } from '../../src/rollout/plan-reader.js';
import { planSchema } from './plan-schema.js';
import { isValid, type Schema } from './schema-check.js';

const SCHEMA = new URL('../../schema/crossfade.plan.schema.json', import.meta.url);

function faultsOf(value: unknown): readonly PlanFault[] {
  const parsed = parsePlan(value);
  return parsed.ok ? [] : parsed.faults;
}

const paths = (value: unknown): string[] => faultsOf(value).map(({ path }) => path);
const withSteps = (...steps: unknown[]): unknown => ({ version: 1, steps });

describe('given the default plan', () => {
  it('walks the four steps of the contract', () => {
    expect(defaultPlan(['u1', 'u2']).steps.map(({ change }) => change)).toEqual([
      { flag: 'compare', canaries: ['u1', 'u2'] },
      { flag: 'compare', percent: 5 },
      { flag: 'compare', percent: 25 },
      { flag: 'compare', percent: 100 },
      { flag: 'serve', percent: 1 },
      { flag: 'serve', percent: 5 },
      { flag: 'serve', percent: 25 },
      { flag: 'serve', percent: 50 },
      { flag: 'serve', percent: 100 },
      { flag: 'compare', percent: 0 },
    ]);
  });

  it('is frozen all through, and has the issue’s budgets', () => {
    const plan = defaultPlan();
    expect(plan.parity).toEqual({
      eventsBudget: 0.001,
      usersBudget: 0.01,
      classBudgets: { missing_in_legacy: 0.01 },
    });
    expect(plan.coverage.excusedShareLimit).toBe(0.05);
    expect(Object.isFrozen(plan.steps[0]?.gate)).toBe(true);
  });

  it('asks a person before the first user is served and before legacy is closed', () => {
    const asking = defaultPlan().steps.filter(({ gate }) => gate.approval === 'required');
    expect(asking.map(({ change }) => change)).toEqual([
      { flag: 'compare', percent: 100 },
      { flag: 'serve', percent: 100 },
    ]);
  });

  it('refuses a canary that is no uid', () => {
    expect(() => defaultPlan(['a b'])).toThrow('steps[0].canaries[0]');
  });
});

describe('given a plan with faults', () => {
  it('tells all of them at once, each with path, problem and cure', () => {
    const faults = faultsOf({
      version: 2,
      nmae: 'x',
      parity: { eventsBudget: 0, classBudgets: { lost: 1 } },
      lag: { p99LimitMs: 1.5, kind: 'gaurd' },
      confidence: 5,
      steps: [{ compare: 5, serve: 1 }, { compare: 101 }, { canaries: ['a b'] }, { soakMinutes: -1 }, 'x'],
    });
    expect(faults.map(({ path }) => path)).toEqual([
      'nmae',
      'version',
      'parity.eventsBudget',
      'parity.classBudgets.lost',
      'lag.p99LimitMs',
      'lag.kind',
      'confidence',
      'steps[0]',
      'steps[1].compare',
      'steps[1].compare',
      'steps[2].canaries[0]',
      'steps[3].soakMinutes',
      'steps[3]',
      'steps[4]',
      'steps[4]',
    ]);
    for (const { problem, cure } of faults) {
      expect(problem).toMatch(/\.$/);
      expect(cure).toMatch(/\.$/);
    }
  });

  it.each([undefined, null, 5, 'plan', [], new Date(), { version: 1 }, { version: 1, steps: [] }])(
    'refuses %p and never throws',
    (value) => {
      expect(faultsOf(value).length).toBeGreaterThan(0);
    },
  );

  it('shows no more than a little of what it refuses', () => {
    const [fault] = faultsOf({ version: 1, name: 'x'.repeat(1000), steps: [{ compare: 5 }] });
    expect(fault?.problem.length).toBeLessThan(80);
  });
});

describe('given the order of the steps', () => {
  it.each<[string, unknown[], string[]]>([
    ['serves before it compares', [{ serve: 1 }], ['steps[0].serve']],
    ['serves more than it compares', [{ compare: 5 }, { serve: 25 }], ['steps[1].serve']],
    ['goes back', [{ compare: 25 }, { compare: 5 }], ['steps[1].compare']],
    ['stands still', [{ compare: 25 }, { compare: 25 }], ['steps[1].compare']],
    ['stops comparing too soon', [{ compare: 100 }, { serve: 50 }, { compare: 0 }], ['steps[2].compare']],
    ['begins with nothing', [{ compare: 0 }], ['steps[0].compare']],
    [
      'goes on after the retirement',
      [{ compare: 100 }, { serve: 100 }, { compare: 0 }, { compare: 5 }],
      ['steps[3].compare'],
    ],
    ['serves strangers', [{ canaries: ['a'] }, { serveCanaries: ['a', 'b'] }], ['steps[1].serveCanaries']],
    ['changes nothing', [{ canaries: ['a', 'b'] }, { canaries: ['b'] }], ['steps[1].canaries']],
    ['names one twice', [{ canaries: ['a', 'a'] }], ['steps[0].canaries[1]']],
  ])('refuses one that %s', (_, steps, wanted) => {
    expect(paths(withSteps(...steps))).toEqual(wanted);
  });

  it('allows canaries who are compared to be served, and a retirement', () => {
    expect(
      paths(
        withSteps(
          { canaries: ['b', 'a'] },
          { serveCanaries: ['a'] },
          { compare: 100 },
          { serve: 100 },
          { compare: 0 },
        ),
      ),
    ).toEqual([]);
  });
});

describe('given the JSON Schema', () => {
  it('is what the tables say (CROSSFADE_SCHEMA=write writes it)', () => {
    const text = `${JSON.stringify(planSchema(), null, 2)}\n`;
    if (process.env['CROSSFADE_SCHEMA'] === 'write') writeFileSync(SCHEMA, text);
    expect(JSON.parse(readFileSync(SCHEMA, 'utf8'))).toEqual(JSON.parse(text));
  });

  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Schema;

  it('accepts the default plan, as it is written and spelled out in full', () => {
    expect(isValid(schema, JSON.parse(JSON.stringify(defaultPlanFile(['u1']))))).toBe(true);
    const { steps, ...sections } = defaultPlan(['u1']);
    const spelled = steps.map(({ change, gate }) => {
      const key = 'percent' in change ? change.flag : 'canaries';
      return { [key]: 'percent' in change ? change.percent : change.canaries, ...gate };
    });
    expect(isValid(schema, { ...sections, steps: spelled })).toBe(true);
    expect(paths({ ...sections, steps: spelled })).toEqual([]);
  });

  it('agrees with the reader about each bound of each number', () => {
    const check = (make: (value: number) => unknown, min: number, max: number, whole: boolean): void => {
      for (const value of [min, max, min - 1, max + 1, ...(whole ? [min + 0.5] : [])]) {
        expect([value, isValid(schema, make(value))]).toEqual([value, paths(make(value)).length === 0]);
      }
    };
    for (const [section, fields] of Object.entries(SECTIONS)) {
      for (const [key, { min, max, whole }] of Object.entries(fields)) {
        check(
          (value) => ({ version: 1, [section]: { [key]: value }, steps: [{ compare: 5 }] }),
          min,
          max,
          whole,
        );
      }
    }
    for (const [key, { min, max, whole }] of Object.entries(GATE_FIELDS)) {
      check((value) => withSteps({ compare: 5, [key]: value }), min, max, whole);
    }
  });

  it.each<[string, unknown]>([
    ['an unknown key', { version: 1, steps: [{ compare: 5 }], x: 1 }],
    ['another version', { version: 2, steps: [{ compare: 5 }] }],
    ['no steps', { version: 1 }],
    ['a step that does two things', withSteps({ compare: 5, serve: 5 })],
    ['a step that does nothing', withSteps({ soakMinutes: 5 })],
    ['a uid that is none', withSteps({ canaries: ['a b'] })],
    ['an empty list', withSteps({ canaries: [] })],
    ['a kind that is none', { version: 1, lag: { kind: 'x' }, steps: [{ compare: 5 }] }],
    ['a proof that is none', withSteps({ compare: 5, proof: 'x' })],
    ['an approval that is none', withSteps({ compare: 5, approval: true })],
    ['a list for a section', { version: 1, lag: [], steps: [{ compare: 5 }] }],
    ['a name that is empty', { version: 1, name: '', steps: [{ compare: 5 }] }],
  ])('refuses %s, as the reader does', (_, value) => {
    expect(isValid(schema, value)).toBe(false);
    expect(paths(value).length).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { RolloutState } from '../../src/domain/decision.js';
import type { Evidence } from '../../src/domain/evidence.js';
import { defaultPlan } from '../../src/rollout/default-plan.js';
import { parsePlan } from '../../src/rollout/parse-plan.js';
import { targetsAt } from '../../src/rollout/position.js';
import { checkRetirement } from '../../src/rollout/retire-check.js';
import { evidence } from '../fakes/evidence.js';

const plan = defaultPlan();
const LAST = plan.steps.length - 1;
const WEEK_MS = 7 * 86_400_000;
const DONE: RolloutState = {
  planHash: 'p',
  stepIndex: LAST,
  targets: targetsAt(plan, LAST),
  appliedAtMs: 0,
  watch: { soakedMs: WEEK_MS, cooledMs: 0, clearMs: 0 },
};

function whole(changed: Partial<Evidence> = {}): Evidence {
  const inForce = { comparePercent: 0, servePercent: 100, forMs: WEEK_MS, flagAgeMs: 0 };
  return evidence({ inForce, comparisons: [], recentComparisons: [], ...changed });
}

describe('given the question whether legacy can be retired', () => {
  it('says yes when the end has stood for long enough everywhere', () => {
    expect(checkRetirement(plan, DONE, whole())).toEqual({ ready: true, obstacles: [] });
  });

  const order = { actor: 'eve', atMs: 0 };
  it.each<[string, Partial<RolloutState>]>([
    ['step 7 of 8', { stepIndex: 7, targets: targetsAt(plan, 7) }],
    ['more watched days', { watch: { ...DONE.watch, soakedMs: WEEK_MS - 1 } }],
    ['paused', { paused: order }],
    ['stopped', { stopped: order }],
    ['by hand', { handEdit: { atMs: 0, found: DONE.targets } }],
    ['rolled back', { latch: { sinceMs: 0, severity: 'harm', decisionId: 'd1' } }],
  ])('says no and why (%s)', (why, changed) => {
    const { ready, obstacles } = checkRetirement(plan, { ...DONE, ...changed }, whole());
    expect(ready).toBe(false);
    expect(obstacles.join(' ')).toContain(why);
  });

  it('says no without evidence, on partial evidence and while a replica lags behind', () => {
    expect(checkRetirement(plan, DONE, undefined).ready).toBe(false);
    const partial = whole({ replicas: { expected: 3, reporting: 2, problems: [] } });
    expect(checkRetirement(plan, DONE, partial).obstacles.join()).toContain('replicas_missing');
    const lagging = evidence({ comparisons: [] });
    expect(checkRetirement(plan, DONE, lagging).obstacles.join()).toContain('every replica');
  });

  it('says no to a plan that does not end in retirement', () => {
    const short = parsePlan({ version: 1, steps: [{ compare: 5 }] });
    if (!short.ok) throw new Error('the plan is broken');
    expect(checkRetirement(short.plan, DONE, whole()).obstacles.join()).toContain(
      'does not end in retirement',
    );
  });
});

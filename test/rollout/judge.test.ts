import { describe, expect, it } from '@jest/globals';
import type { Evidence, UserSums } from '../../src/domain/evidence.js';
import { isGuarded } from '../../src/domain/objective.js';
import type { Plan } from '../../src/domain/plan.js';
import type { ReasonCode, Verdict } from '../../src/domain/verdict.js';
import { defaultPlan } from '../../src/rollout/default-plan.js';
import { judge } from '../../src/rollout/judge.js';
import type { Look } from '../../src/rollout/look.js';
import { gateAt, targetsAt } from '../../src/rollout/position.js';
import { CLEAN_USERS, comparisons, distribution, evidence, transport } from '../fakes/evidence.js';

const plan = defaultPlan();
/** The step `serve: 5` of the default plan. */
const SERVE_5 = 4;
const COMPLETE = 8;

function lookAt(changed: Partial<Evidence> = {}, over: Partial<Look> = {}, step = SERVE_5): Look {
  return {
    plan,
    gate: gateAt(plan, step),
    targets: targetsAt(plan, step),
    evidence: evidence(changed),
    soakedMs: 86_400_000,
    ...over,
  };
}

function mismatched(
  outcomes: Parameters<typeof comparisons>[0],
  users: Partial<UserSums>,
): Partial<Evidence> {
  return {
    comparisons: comparisons(outcomes),
    recentComparisons: comparisons(outcomes),
    users: { ...CLEAN_USERS, ...users },
  };
}

const HARMED = mismatched(
  { matched: 9900, different: 100 },
  { trials: 5000, firstMismatches: 60, mismatchedUsers: 30, earlyMismatches: 30 },
);
const LOST = mismatched(
  { matched: 800, missing_in_redis: 200 },
  {
    trials: 400,
    firstMismatches: 200,
    qualifiedUsers: 0,
    mismatchedUsers: 0,
    earlyTrials: 400,
    earlyMismatches: 200,
  },
);

const codes = ({ reasons }: Verdict): ReasonCode[] => reasons.map(({ code }) => code);

describe('given good evidence', () => {
  it('widens, with the numbers', () => {
    const verdict = judge(lookAt());
    expect(verdict.kind).toBe('widen');
    expect(codes(verdict)).toEqual(['gates_passed']);
    expect(verdict.numbers).toMatchObject({
      comparisons: 10_000,
      mismatches: 0,
      parity: 1,
      cleanComparisonsNeeded: 0,
    });
    expect(verdict.numbers.rateBelow).toBeLessThan(0.001);
  });

  it('gives the same verdict for the same look, frozen, and one that survives JSON', () => {
    const verdict = judge(lookAt());
    expect(judge(lookAt())).toEqual(verdict);
    expect(Object.isFrozen(verdict)).toBe(true);
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });

  it('has nowhere to go on the last step', () => {
    const inForce = { comparePercent: 0, servePercent: 100, forMs: 1, flagAgeMs: 0 };
    expect(codes(judge(lookAt({ inForce, comparisons: [] }, {}, COMPLETE)))).toEqual(['plan_complete']);
  });
});

describe('given a doubt', () => {
  const rows: [ReasonCode, Partial<Evidence>, Partial<Look>?][] = [
    ['no_data', { comparisons: [] }],
    ['replicas_missing', { replicas: { expected: 3, reporting: 2, problems: ['Replica b is silent.'] } }],
    ['replicas_missing', { replicas: { expected: 0, reporting: 0, problems: [] } }],
    ['not_in_force', { inForce: { comparePercent: 100, servePercent: 1, forMs: 1, flagAgeMs: 0 } }],
    ['not_in_force', { inForce: { comparePercent: 100, forMs: 1, flagAgeMs: 0 } }],
    ['flags_stale', { inForce: { comparePercent: 100, servePercent: 5, forMs: 1, flagAgeMs: 60_001 } }],
    ['flags_stale', { inForce: { comparePercent: 100, servePercent: 5, forMs: 1 } }],
    ['soaking', {}, { soakedMs: 240 * 60_000 - 1 }],
    ['too_few_comparisons', { comparisons: comparisons({ matched: 3998 }) }],
    ['too_few_users', { users: { ...CLEAN_USERS, distinctUsers: 99 } }],
    ['types_not_seen', { comparisons: [{ outcome: 'matched', type: 'msg.sync', count: 10_000 }] }],
    ['too_much_excused', { excused: [{ reason: 'redis_gap', count: 600 }] }],
    ['too_much_sampled_out', { notCompared: [{ reason: 'sampled_out', count: 100_000 }] }],
    ['instrument_noisy', { recent: transport({ instrumentFailures: 11 }) }],
    ['instrument_noisy', { since: transport({ selfTest: { agreed: 990, disagreed: 10 } }) }],
    ['signal_breached', { recentComparisons: comparisons({ matched: 900, missing_in_legacy: 100 }) }],
    ['signal_breached', { recent: transport({ lag: distribution(980, 100, 20) }) }],
    ['signal_breached', { recent: transport({ gaps: { count: 2, totalMs: 10_000_000 } }) }],
    ['signal_breached', { recent: transport({ resyncs: { asked: 10, failed: 1 } }) }],
    ['parity_unproven', mismatched({ matched: 9990, different: 9 }, { trials: 9000, firstMismatches: 8 })],
    ['users_unproven', { users: { ...CLEAN_USERS, earlyTrials: 1200 } }],
    ['judge_failed', { users: { ...CLEAN_USERS, trials: Number.NaN } }],
    ['judge_failed', { users: { ...CLEAN_USERS, firstMismatches: 20_000 } }],
    ['judge_failed', { comparisons: undefined as never }],
  ];

  it.each(rows)('holds for %s', (...row) => {
    const [code, changed, over] = row;
    const verdict = judge(lookAt(changed, over));
    expect(verdict.kind).toBe('hold');
    expect(codes(verdict)).toContain(code);
  });

  it('names every doubt at once, the most fundamental first', () => {
    const verdict = judge(
      lookAt(
        {
          comparisons: [],
          inForce: { forMs: 0 },
          users: { ...CLEAN_USERS, distinctUsers: 0, earlyTrials: 0 },
        },
        { soakedMs: 0 },
      ),
    );
    expect(codes(verdict)).toEqual([
      'no_data',
      'not_in_force',
      'not_in_force',
      'flags_stale',
      'soaking',
      'too_few_comparisons',
      'too_few_users',
      'types_not_seen',
      'parity_unproven',
      'users_unproven',
    ]);
  });

  it('tells how many more clean comparisons and users would do', () => {
    const { reasons } = judge(
      lookAt({ comparisons: comparisons({ matched: 999 }), users: { ...CLEAN_USERS, earlyTrials: 400 } }),
    );
    const needed = Object.fromEntries(reasons.map(({ code, moreCleanNeeded }) => [code, moreCleanNeeded]));
    expect(needed['parity_unproven']).toBeGreaterThan(2000);
    expect(needed['users_unproven']).toBeGreaterThan(100);
  });

  it('holds for a class with a budget of its own that is not proven', () => {
    const strict: Plan = { ...plan, parity: { ...plan.parity, classBudgets: { duplicate: 0.0001 } } };
    const { reasons } = judge(lookAt({}, { plan: strict }));
    expect(reasons).toEqual([expect.objectContaining({ code: 'parity_unproven', objective: 'duplicate' })]);
  });

  it('wants no proof where the gate asks for none, and no users where it asks for events', () => {
    const few = { users: { ...CLEAN_USERS, earlyTrials: 0 }, comparisons: comparisons({ matched: 3600 }) };
    const gate = { ...plan.steps[SERVE_5]?.gate, minComparisons: 0 } as never as NonNullable<Look['gate']>;
    expect(judge(lookAt(few, { gate: { ...gate, proof: 'users' } })).kind).toBe('hold');
    expect(judge(lookAt(few, { gate: { ...gate, proof: 'events' } })).kind).toBe('widen');
    expect(
      judge(
        lookAt(
          { ...few, comparisons: comparisons({ matched: 9 }) },
          { gate: { ...gate, proof: 'none', typesSeenShare: 0 } },
        ),
      ).kind,
    ).toBe('widen');
  });
});

describe('given a signal that has recovered', () => {
  it('goes on by itself, whatever it was before', () => {
    const bad = transport({ lag: distribution(900, 100, 100) });
    expect(judge(lookAt({ since: bad, recent: bad })).kind).toBe('hold');
    expect(judge(lookAt({ since: bad })).kind).toBe('widen');
  });

  it('is no breach while there is too little to tell', () => {
    expect(judge(lookAt({ recent: transport({ lag: distribution(50, 100, 40) }) })).kind).toBe('widen');
  });

  it('holds against legacy where the limit alone would not', () => {
    const age = { legacy: distribution(1000, 100), redis: distribution(900, 5000) };
    expect(judge(lookAt({ recent: transport({ age }) })).reasons).toEqual([
      expect.objectContaining({ code: 'signal_breached', objective: 'age_above_legacy' }),
    ]);
  });
});

describe('given harm', () => {
  it('rolls back for mismatches over the budget', () => {
    const verdict = judge(lookAt(HARMED));
    expect(verdict).toMatchObject({ kind: 'roll_back', severity: 'harm' });
    expect(codes(verdict)).toEqual(['mismatches_over_budget']);
  });

  it('rolls back to nobody for loss far over the budget', () => {
    const verdict = judge(lookAt(LOST));
    expect(verdict).toMatchObject({ kind: 'roll_back', severity: 'hard_harm' });
    expect(codes(verdict)).toEqual(['loss_far_over_budget', 'mismatches_over_budget']);
  });

  it('calls as many differences no loss', () => {
    const different = { ...LOST, comparisons: comparisons({ matched: 800, different: 200 }) };
    expect(judge(lookAt(different))).toMatchObject({ kind: 'roll_back', severity: 'harm' });
  });

  it('rolls back for delivery that stopped for three users, and not for two or for a moment', () => {
    const stopped = (stoppedUsers: number, stoppedForMs: number): Verdict =>
      judge(lookAt({ delivery: { connectedUsers: 500, servedUsers: 25, stoppedUsers, stoppedForMs } }));
    expect(codes(stopped(3, 30_000))).toEqual(['delivery_stopped']);
    expect(stopped(3, 30_000).severity).toBe('hard_harm');
    expect(stopped(2, 30_000).kind).toBe('widen');
    expect(stopped(3, 29_999).kind).toBe('widen');
  });

  it('rolls back on partial evidence, stale flags and before the soak', () => {
    const partial = { replicas: { expected: 3, reporting: 1, problems: [] }, inForce: { forMs: 0 } };
    expect(judge(lookAt({ ...HARMED, ...partial }, { soakedMs: 0 })).kind).toBe('roll_back');
  });

  it('holds while nobody is served, and says that it is harm', () => {
    const verdict = judge(lookAt(HARMED, {}, 2));
    expect(verdict).toMatchObject({ kind: 'hold', severity: 'harm' });
    expect(codes(verdict)).toEqual(['harm_at_serve_zero', 'mismatches_over_budget']);
  });

  it('rolls back where named users alone are served', () => {
    const targets = { ...targetsAt(plan, 2), serve: { percent: 0, canaries: ['u1'] } };
    expect(judge(lookAt(HARMED, { targets })).kind).toBe('roll_back');
  });

  it('never counts what legacy alone lacks', () => {
    expect(isGuarded('missing_in_legacy')).toBe(false);
    const outcomes = { matched: 5000, missing_in_legacy: 5000 };
    const verdict = judge(
      lookAt({ comparisons: comparisons(outcomes), recentComparisons: comparisons(outcomes) }),
    );
    expect(codes(verdict)).toEqual(['signal_breached']);
  });

  it('is not believed where the self-test disagrees as much, and is where it cannot explain it', () => {
    const noisy = (disagreed: number): Verdict =>
      judge(lookAt({ ...HARMED, since: transport({ selfTest: { agreed: 1000 - disagreed, disagreed } }) }));
    expect(noisy(10).kind).toBe('hold');
    expect(codes(noisy(10))).toContain('instrument_noisy');
    expect(noisy(2).kind).toBe('roll_back');
  });

  it('needs nothing to be compared once the rollout is complete', () => {
    const inForce = { comparePercent: 0, servePercent: 100, forMs: 1, flagAgeMs: 0 };
    const stopped = { connectedUsers: 500, servedUsers: 500, stoppedUsers: 40, stoppedForMs: 60_000 };
    const verdict = judge(lookAt({ inForce, comparisons: [], delivery: stopped }, {}, COMPLETE));
    expect(codes(verdict)).toEqual(['delivery_stopped']);
    expect(judge(lookAt({ ...HARMED, inForce }, {}, COMPLETE)).kind).toBe('hold');
  });
});

describe('given a plan that makes guards of signals', () => {
  const guarded: Plan = {
    ...plan,
    lag: { ...plan.lag, kind: 'guard' },
    gaps: { ...plan.gaps, kind: 'guard' },
    resyncs: { ...plan.resyncs, kind: 'guard' },
  };
  const bad = transport({ lag: distribution(900, 100, 100) });

  it('rolls back where it is proven over all and still going on', () => {
    const verdict = judge(lookAt({ since: bad, recent: bad }, { plan: guarded }));
    expect(codes(verdict)).toEqual(['guard_breached']);
    expect(verdict.severity).toBe('harm');
  });

  it('holds while it is not proven, and goes on once it is over', () => {
    expect(judge(lookAt({ recent: bad }, { plan: guarded })).kind).toBe('hold');
    expect(judge(lookAt({ since: bad }, { plan: guarded })).kind).toBe('widen');
  });

  it('rolls back for gaps that are gross and for resyncs that fail', () => {
    const gaps = transport({ gaps: { count: 5, totalMs: 360_000_000 } });
    expect(judge(lookAt({ since: gaps, recent: gaps }, { plan: guarded })).kind).toBe('roll_back');
    const resyncs = transport({ resyncs: { asked: 20, failed: 15 } });
    expect(judge(lookAt({ since: resyncs, recent: resyncs }, { plan: guarded })).kind).toBe('roll_back');
  });

  it('shares alpha among them', () => {
    const limit = (one: Plan): number => judge(lookAt({}, { plan: one })).numbers.logHarmLimit;
    expect(limit(plan)).toBeCloseTo(Math.log(100), 10);
    expect(limit(guarded)).toBeCloseTo(Math.log(400), 10);
  });
});

describe('given one to five broken users with 30 % of the traffic', () => {
  it.each([1, 2, 3, 4, 5])('holds and names them (%d)', (broken) => {
    const worstUsers = Array.from({ length: broken }, (_, i) => ({
      user: `h${i}`,
      comparisons: 600,
      mismatches: 300,
    }));
    const verdict = judge(
      lookAt({
        ...mismatched(
          { matched: 8500, missing_in_redis: 1500 },
          {
            trials: 7000 + 2 * broken,
            firstMismatches: broken,
            mismatchedUsers: broken,
            earlyMismatches: broken,
          },
        ),
        worstUsers,
      }),
    );
    expect(verdict.kind).toBe('hold');
    expect(verdict.reasons[0]).toMatchObject({
      code: 'few_users_mismatch',
      have: broken,
      users: worstUsers.map(({ user }) => user),
    });
  });
});

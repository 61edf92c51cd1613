import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/plan.js';
import { NEVER_STOPPED } from '../../src/domain/stop-state.js';
import type { RolloutState } from '../../src/domain/decision.js';
import type { ReasonCode } from '../../src/domain/verdict.js';
import { Controller, type LookOutcome } from '../../src/rollout/controller.js';
import { say } from '../../src/rollout/operator.js';
import { parsePlan } from '../../src/rollout/parse-plan.js';
import { comparisons, transport } from '../fakes/evidence.js';
import { FakeWorld } from '../fakes/fake-rollout.js';
import { ManualClock } from '../manual-clock.js';

const MINUTE = 60_000;

function planOf(file: Record<string, unknown>): Plan {
  const parsed = parsePlan({ version: 1, ...file });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.plan;
}

const STEPS = [
  { canaries: ['ann', 'bob'], soakMinutes: 3, proof: 'none' },
  { compare: 100, soakMinutes: 3 },
  { serve: 5, soakMinutes: 3 },
  { serve: 50, soakMinutes: 3 },
  { serve: 100, soakMinutes: 3 },
  { compare: 0 },
];
const PLAN = planOf({ steps: STEPS });
/** Walked by the controller: compare 100, serve 50. */
const SERVE_50 = 3;

const HARM = {
  comparisons: comparisons({ matched: 9900, different: 100 }),
  users: {
    distinctUsers: 500,
    trials: 5000,
    firstMismatches: 60,
    qualifiedUsers: 490,
    mismatchedUsers: 30,
    earlyTrials: 4700,
    earlyMismatches: 30,
  },
};
const STOPPED = {
  delivery: { connectedUsers: 500, servedUsers: 250, stoppedUsers: 40, stoppedForMs: 60_000 },
};

let clock: ManualClock;
let world: FakeWorld;
let controller: Controller;

beforeEach(() => {
  clock = new ManualClock();
  world = new FakeWorld(clock);
  controller = controllerOf(1);
});

function controllerOf(token: number, plan = PLAN): Controller {
  return new Controller(world.ports(token), { plan });
}

/** One look a minute. */
async function looks(count: number, by = controller): Promise<LookOutcome> {
  let outcome = await by.look();
  for (let i = 1; i < count; i++) {
    clock.advance(MINUTE);
    outcome = await by.look();
  }
  clock.advance(MINUTE);
  return outcome;
}

async function looksUntil(done: (state: RolloutState) => boolean, by = controller): Promise<void> {
  for (let i = 0; i < 500; i++) {
    await looks(1, by);
    const { state } = world.entries.at(-1) ?? {};
    if (state !== undefined && done(state)) return;
  }
  throw new Error(`never came: ${JSON.stringify(world.entries.at(-1))}`);
}

const walkTo = (step: number, by = controller): Promise<void> =>
  looksUntil(({ stepIndex }) => stepIndex === step, by);

function state(): RolloutState {
  const entry = world.entries.at(-1);
  if (entry === undefined) throw new Error('nothing is recorded');
  return entry.state;
}

function codes(outcome: LookOutcome): ReasonCode[] {
  switch (outcome.kind) {
    case 'idle':
      return [outcome.reason.code];
    case 'looked':
      return outcome.verdict.reasons.map(({ code }) => code);
    case 'decided':
      return outcome.decision.verdict.reasons.map(({ code }) => code);
  }
}

const person = (event: Parameters<typeof say>[3]): ReturnType<typeof say> =>
  say({ log: world.log(), clock }, PLAN, 'eve', event);

describe('given a healthy rollout', () => {
  it('walks the whole plan by itself, from nothing to legacy closed, soaking at every step', async () => {
    await walkTo(5);
    expect(world.writes).toEqual([
      'compare names ann bob',
      'compare 0 -> 100',
      'serve 0 -> 5',
      'serve 5 -> 50',
      'serve 50 -> 100',
      'compare names ',
      'compare 100 -> 0',
    ]);
    const applied = world.entries.filter(({ event }) => event.kind === 'applied').map(({ atMs }) => atMs);
    applied.slice(1).forEach((atMs, i) => {
      expect(atMs - (applied[i] ?? 0)).toBeGreaterThanOrEqual(3 * MINUTE);
    });
    expect(codes(await looks(1))).toEqual(['plan_complete']);
    expect(world.notices.map(({ kind }) => kind)).toEqual(Array(6).fill('decision'));
  });

  it('records every look with its evidence, and every change with its intent', async () => {
    await walkTo(1);
    for (const { event } of world.entries) {
      if (event.kind === 'looked') expect(event.evidence).toBeDefined();
    }
    const kinds = world.entries.map(({ event }) => event.kind);
    expect(kinds.filter((kind) => kind !== 'looked')).toEqual(['intended', 'applied', 'intended', 'applied']);
    expect(world.entries.map(({ sequence }) => sequence)).toEqual(world.entries.map((_, i) => i + 1));
  });
});

describe('given the soak', () => {
  it('counts only while the replicas report the percentage in force', async () => {
    await walkTo(2);
    world.changed = { inForce: { comparePercent: 100, servePercent: 0, forMs: 1e12, flagAgeMs: 0 } };
    expect(codes(await looks(30))).toEqual(['not_in_force', 'soaking']);
    expect(state().watch.soakedMs).toBe(0);
  });

  it('counts no downtime', async () => {
    await walkTo(2);
    clock.advance(24 * 60 * MINUTE);
    expect(codes(await looks(1))).toEqual(['soaking']);
    expect(state().watch.soakedMs).toBe(0);
  });

  it('counts no jump of the clock, forward or back', async () => {
    await walkTo(2);
    await looks(1);
    clock.jumpWall(-3 * 60 * MINUTE);
    await looks(1);
    clock.jumpWall(300 * 60 * MINUTE);
    await looks(1);
    expect(state().watch.soakedMs).toBeLessThanOrEqual(2 * MINUTE);
  });

  it('begins anew with each step', async () => {
    await walkTo(SERVE_50);
    expect(state().watch.soakedMs).toBe(0);
  });
});

describe('given something that is not there', () => {
  it('holds for ever without data', async () => {
    await walkTo(2);
    world.changed = { comparisons: [] };
    const outcome = await looks(100);
    expect(codes(outcome)[0]).toBe('no_data');
    expect(state().stepIndex).toBe(2);
  });

  it('holds while the evidence cannot be read', async () => {
    await walkTo(2);
    world.at = (where) => {
      if (where === 'before evidence') throw new Error('Prometheus is down.');
    };
    expect(codes(await looks(10))).toEqual(['evidence_unreadable']);
    world.at = () => undefined;
    await walkTo(SERVE_50);
  });

  it('holds while the flags cannot be read', async () => {
    await walkTo(2);
    world.standingProblem = 'Unleash is down.';
    expect(codes(await looks(10))).toEqual(['flags_unreadable']);
  });

  it('does nothing while the record cannot be reached', async () => {
    await walkTo(2);
    world.at = (where) => {
      if (where.includes('log')) throw new Error('Redis is down.');
    };
    const writes = world.writes.length;
    expect(codes(await looks(10))).toEqual(['log_unavailable']);
    expect(world.writes).toHaveLength(writes);
  });

  it('does nothing while the lease is elsewhere or cannot be asked for', async () => {
    world.holder = 9;
    expect(codes(await looks(2))).toEqual(['lease_elsewhere']);
    world.at = (where) => {
      if (where === 'before lease') throw new Error('Redis is down.');
    };
    expect(codes(await looks(2))).toEqual(['lease_lost']);
    expect(world.entries).toEqual([]);
  });

  it('tells a hold that lasts once', async () => {
    await walkTo(2);
    world.changed = { comparisons: [] };
    await looks(180);
    const holds = world.notices.filter(({ kind }) => kind === 'hold');
    expect(holds).toHaveLength(1);
  });
});

describe('given harm', () => {
  it('goes one step back, latches, and leaves compare alone', async () => {
    await walkTo(SERVE_50);
    world.changed = HARM;
    expect(await looks(1)).toMatchObject({ kind: 'decided', decision: { kind: 'roll_back', toStep: 2 } });
    expect(world.percents).toEqual({ compare: 100, serve: 5 });
    world.changed = {};
    expect(codes(await looks(30))).toEqual(['latched']);
  });

  it('goes to nobody served on hard harm', async () => {
    await walkTo(SERVE_50);
    world.changed = STOPPED;
    await looks(1);
    expect(world.percents).toEqual({ compare: 100, serve: 0 });
    expect(state()).toMatchObject({ stepIndex: 1, latch: { severity: 'hard_harm' } });
  });

  it('goes on down the ladder while the harm goes on, and holds at the foot', async () => {
    await walkTo(SERVE_50);
    world.changed = HARM;
    expect(codes(await looks(3))).toEqual(['latched', 'harm_at_serve_zero', 'mismatches_over_budget']);
    expect(world.percents).toEqual({ compare: 100, serve: 0 });
    expect(world.writes.slice(-2)).toEqual(['serve 50 -> 5', 'serve 5 -> 0']);
  });

  it('works on partial evidence', async () => {
    await walkTo(SERVE_50);
    world.changed = { ...HARM, replicas: { expected: 3, reporting: 1, problems: [] } };
    await looks(1);
    expect(world.percents.serve).toBe(5);
  });

  it('works while an approval is awaited', async () => {
    const plan = planOf({
      steps: [
        { compare: 100, soakMinutes: 1 },
        { serve: 5, soakMinutes: 1, approval: 'required' },
        { serve: 50 },
      ],
    });
    const asking = controllerOf(1, plan);
    await looksUntil(({ awaiting }) => awaiting !== undefined, asking);
    world.changed = HARM;
    await looks(1, asking);
    expect(world.percents.serve).toBe(0);
  });

  it('rolls back from the end of the plan by lowering serve alone, and restores compare when all is clear', async () => {
    await walkTo(5);
    world.changed = STOPPED;
    await looks(1);
    expect(world.percents).toEqual({ compare: 0, serve: 0 });
    expect(state().stepIndex).toBe(1);
    world.changed = {};
    await looksUntil(({ targets }) => targets.compare.percent === 100);
    expect(state()).toMatchObject({ stepIndex: 1, targets: { serve: { percent: 0 } } });
    await walkTo(2);
  });

  it('widens again after cool-down and quiet, and not a moment before', async () => {
    await walkTo(SERVE_50);
    world.changed = HARM;
    await looks(1);
    const back = state().appliedAtMs;
    world.changed = {};
    await walkTo(SERVE_50);
    expect(state().appliedAtMs - back).toBeGreaterThanOrEqual(360 * MINUTE);
    expect(state().latch).toBeUndefined();
  });

  it('begins the quiet anew with each breach, and counts no downtime as quiet', async () => {
    await walkTo(SERVE_50);
    world.changed = HARM;
    await looks(1);
    world.changed = {};
    await looks(355);
    world.changed = { recent: transport({ resyncs: { asked: 10, failed: 9 } }) };
    await looks(1);
    world.changed = {};
    expect(codes(await looks(30))).toEqual(['latched']);
    clock.advance(24 * 60 * MINUTE);
    expect(codes(await looks(59))).toEqual(['latched']);
    await walkTo(SERVE_50);
  });
});

describe('given a person', () => {
  it('is asked where the plan says so, and goes on once it was approved', async () => {
    const plan = planOf({ steps: [{ compare: 100, soakMinutes: 1, approval: 'required' }, { serve: 5 }] });
    const asking = controllerOf(1, plan);
    await looksUntil(({ awaiting }) => awaiting !== undefined, asking);
    expect(codes(await looks(20, asking))).toEqual(['awaiting_approval']);
    const { awaiting } = state();
    expect(await person({ kind: 'approved', evidenceHash: 'other' })).toMatchObject({ ok: false });
    expect(await person({ kind: 'approved', evidenceHash: awaiting?.evidenceHash ?? '' })).toMatchObject({
      ok: true,
    });
    expect(await looks(1, asking)).toMatchObject({ kind: 'decided', decision: { actor: 'eve', toStep: 1 } });
    expect(state().approval).toBeUndefined();
  });

  it('must approve anew where the verdict has changed since, or after the limit', async () => {
    const plan = planOf({ steps: [{ compare: 100, soakMinutes: 1, approval: 'required' }, { serve: 5 }] });
    const asking = controllerOf(1, plan);
    const approve = async (): Promise<void> => {
      await looksUntil(({ awaiting }) => awaiting !== undefined, asking);
      await person({ kind: 'approved', evidenceHash: state().awaiting?.evidenceHash ?? '' });
    };
    await approve();
    world.changed = { replicas: { expected: 3, reporting: 2, problems: [] } };
    await looks(1, asking);
    world.changed = {};
    expect(codes(await looks(2, asking))).toEqual(['awaiting_approval']);
    await approve();
    clock.advance(241 * MINUTE);
    expect(codes(await looks(1, asking))).toEqual(['awaiting_approval']);
    expect(world.percents.serve).toBe(0);
  });

  it('pauses and resumes', async () => {
    await walkTo(2);
    await person({ kind: 'paused' });
    expect(codes(await looks(20))).toEqual(['paused']);
    world.changed = HARM;
    await looks(1);
    expect(world.percents.serve).toBe(0);
    world.changed = {};
    expect(await person({ kind: 'resumed' })).toMatchObject({ ok: true });
    await walkTo(2);
    expect(await person({ kind: 'resumed' })).toMatchObject({ ok: false });
  });

  it('stops everything at the next look, and starts it again', async () => {
    await walkTo(SERVE_50);
    await person({ kind: 'stopped' });
    expect(await looks(1)).toMatchObject({ kind: 'decided', decision: { actor: 'eve' } });
    expect(world.percents).toEqual({ compare: 100, serve: 0 });
    expect(codes(await looks(3))[0]).toBe('stopped');
    expect(await person({ kind: 'ordered', order: 'widen', toStep: 2 })).toMatchObject({ ok: false });
    await person({ kind: 'started' });
    await person({ kind: 'resumed' });
    await walkTo(2);
  });

  it('follows the stop of the fleet, which nobody has recorded, and lets nothing widen until it is lifted', async () => {
    await walkTo(SERVE_50);
    let word = { ...NEVER_STOPPED, epoch: 1, stopped: true, by: 'anna@home' };
    controller = new Controller({ ...world.ports(1), killSwitch: { state: () => word } }, { plan: PLAN });
    expect(await looks(1)).toMatchObject({ kind: 'decided', decision: { actor: 'anna@home' } });
    expect(world.percents).toEqual({ compare: 100, serve: 0 });
    expect(codes(await looks(30))[0]).toBe('stopped');
    // A store that has forgotten everything lifts nothing.
    word = { ...NEVER_STOPPED };
    expect(codes(await looks(30))[0]).toBe('stopped');
    word = { ...NEVER_STOPPED, epoch: 2, by: 'ben' };
    expect(codes(await looks(1))[0]).toBe('latched');
    expect(world.entries.map(({ event, actor }) => `${actor} ${event.kind}`)).toEqual(
      expect.arrayContaining(['anna@home stopped', 'ben started']),
    );
    expect(state().stopped).toBeUndefined();
  });

  it('widens past the gates, one flag at a time', async () => {
    world.changed = { comparisons: [] };
    expect(await person({ kind: 'ordered', order: 'widen', toStep: 2 })).toMatchObject({ ok: true });
    await looks(2);
    expect(world.percents).toEqual({ compare: 100, serve: 5 });
    expect(state()).toMatchObject({ stepIndex: 2 });
    expect(state().order).toBeUndefined();
    expect(codes(await looks(1))[0]).toBe('no_data');
  });

  it('closes legacy by order only after serve is full', async () => {
    await walkTo(2);
    await person({ kind: 'ordered', order: 'widen', toStep: 5 });
    await looks(2);
    expect(world.writes.slice(-3)).toEqual(['serve 5 -> 100', 'compare names ', 'compare 100 -> 0']);
  });

  it('rolls back to any earlier step, and it latches', async () => {
    await walkTo(4);
    await person({ kind: 'ordered', order: 'roll_back', toStep: 2 });
    await looks(1);
    expect(world.percents).toEqual({ compare: 100, serve: 5 });
    expect(codes(await looks(2))[0]).toBe('latched');
    expect(state().order).toBeUndefined();
  });

  it.each([
    [{ kind: 'ordered', order: 'widen', toStep: 99 }],
    [{ kind: 'ordered', order: 'widen', toStep: -1 }],
    [{ kind: 'ordered', order: 'roll_back', toStep: 1.5 }],
    [{ kind: 'ordered', order: 'roll_back', toStep: 4 }],
    [{ kind: 'approved', evidenceHash: '' }],
    [{ kind: 'started' }],
  ] as const)('is refused what cannot be: %j', async (event) => {
    const said = await person(event);
    expect(said.ok ? '' : said.problem).toMatch(/\.$/);
    expect(world.entries).toEqual([]);
  });

  it('is believed by a controller that was about to write something else', async () => {
    await walkTo(2);
    world.at = async (where) => {
      if (where !== 'before log.intended') return;
      world.at = () => undefined;
      await person({ kind: 'paused' });
    };
    await looks(10);
    expect(state().stepIndex).toBe(2);
    expect(state().paused).toBeDefined();
  });
});

describe('given an edit by hand', () => {
  it('notices it, records it once, and holds until a person resumes', async () => {
    await walkTo(2);
    world.percents.serve = 50;
    expect(codes(await looks(20))[0]).toBe('hand_edited');
    expect(world.entries.filter(({ event }) => event.kind === 'hand_edited')).toHaveLength(1);
    expect(state().stepIndex).toBe(SERVE_50);
    await person({ kind: 'resumed' });
    await walkTo(4);
  });

  it('holds off the plan until a person moves it', async () => {
    await walkTo(2);
    world.percents.serve = 7;
    await looks(1);
    await person({ kind: 'resumed' });
    expect(codes(await looks(10))[0]).toBe('off_plan');
    await person({ kind: 'ordered', order: 'widen', toStep: SERVE_50 });
    await looks(1);
    expect(world.percents.serve).toBe(50);
  });

  it('still rolls back from it on harm', async () => {
    await walkTo(2);
    world.percents.serve = 60;
    await looks(1);
    world.changed = HARM;
    await looks(1);
    expect(world.percents.serve).toBe(50);
  });

  it('takes flags that were in use before there was a record as they are, and holds', async () => {
    Object.assign(world.percents, { compare: 100, serve: 50 });
    world.canaries.compare = ['ann', 'bob'];
    expect(codes(await looks(3))[0]).toBe('hand_edited');
    expect(world.writes).toEqual([]);
    expect(state().stepIndex).toBe(SERVE_50);
  });
});

describe('given a flag server that does not do as it is told', () => {
  it('holds and tries again where a write fails', async () => {
    await walkTo(2);
    await looks(2);
    world.writeOutcome = { outcome: 'failed', problem: 'Unleash said 500.' };
    expect(codes(await looks(5))).toEqual(['write_failed']);
    world.writeOutcome = undefined;
    await looks(1);
    expect(world.percents.serve).toBe(50);
    expect(world.entries.filter(({ event }) => event.kind === 'intended')).toHaveLength(4);
  });

  it('keeps an approval through a write that failed', async () => {
    const plan = planOf({ steps: [{ compare: 100, soakMinutes: 1, approval: 'required' }, { serve: 5 }] });
    const asking = controllerOf(1, plan);
    await looksUntil(({ awaiting }) => awaiting !== undefined, asking);
    await person({ kind: 'approved', evidenceHash: state().awaiting?.evidenceHash ?? '' });
    world.writeOutcome = { outcome: 'failed', problem: 'Unleash said 500.' };
    await looks(3, asking);
    world.writeOutcome = undefined;
    await looks(1, asking);
    expect(world.percents.serve).toBe(5);
  });

  it('goes on when a person has applied what was proposed', async () => {
    await walkTo(2);
    await looks(2);
    world.writeOutcome = { outcome: 'proposed', problem: 'Change requests are on.' };
    expect(codes(await looks(5))).toEqual(['write_proposed']);
    world.percents.serve = 50;
    await looks(1);
    expect(state()).toMatchObject({ stepIndex: SERVE_50 });
    expect(state().handEdit).toBeUndefined();
  });

  it('asks a person to name users where the home of the flags cannot', async () => {
    world.canNameUsers = false;
    controller = controllerOf(1);
    expect(codes(await looks(3))).toEqual(['write_proposed']);
  });

  it('carries a decided roll-back out even where the harm has gone from sight', async () => {
    await walkTo(SERVE_50);
    world.changed = HARM;
    world.writeOutcome = { outcome: 'failed', problem: 'Unleash said 500.' };
    await looks(2);
    world.changed = {};
    world.writeOutcome = undefined;
    await looks(1);
    expect(world.percents.serve).toBe(5);
  });
});

describe('given a changed plan', () => {
  it('goes on from the step that has the same percentages, and records it', async () => {
    await walkTo(2);
    const other = planOf({
      steps: STEPS.slice(0, 3).concat({ serve: 20, soakMinutes: 3 }, { serve: 100, soakMinutes: 3 }),
    });
    const successor = controllerOf(1, other);
    await looksUntil(({ targets }) => targets.serve.percent === 20, successor);
    expect(world.entries.some(({ event }) => event.kind === 'plan_changed')).toBe(true);
  });
});

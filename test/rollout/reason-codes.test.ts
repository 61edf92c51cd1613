import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PersonEvent } from '../../src/domain/decision.js';
import type { Evidence } from '../../src/domain/evidence.js';
import { REASON_CODES, REASON_VERDICTS, type ReasonCode } from '../../src/domain/verdict.js';
import { Controller, type LookOutcome } from '../../src/rollout/controller.js';
import { say } from '../../src/rollout/operator.js';
import { parsePlan } from '../../src/rollout/parse-plan.js';
import { CLEAN_USERS, comparisons, distribution, transport } from '../fakes/evidence.js';
import { FakeWorld } from '../fakes/fake-rollout.js';
import { ManualClock } from '../manual-clock.js';

const MINUTE = 60_000;
const PARSED = parsePlan({
  version: 1,
  types: ['notif.sync', 'msg.sync'],
  age: { kind: 'guard' },
  steps: [
    { compare: 100, soakMinutes: 2, minComparisons: 4000, minUsers: 100, typesSeenShare: 1 },
    { serve: 25, soakMinutes: 2, minComparisons: 4000, minUsers: 100, typesSeenShare: 1 },
    { serve: 100, soakMinutes: 2, minComparisons: 4000, minUsers: 100, approval: 'required' },
    { compare: 0 },
  ],
});
if (!PARSED.ok) throw new Error(JSON.stringify(PARSED.faults));
const PLAN = PARSED.plan;
const [START, COMPARE_100, SERVE_25, SERVE_100, RETIRED] = [-1, 0, 1, 2, 3];

const HARM: Partial<Evidence> = {
  comparisons: comparisons({ matched: 9900, different: 100 }),
  users: {
    ...{ distinctUsers: 500, trials: 5000, firstMismatches: 60, qualifiedUsers: 490, mismatchedUsers: 30 },
    ...{ earlyTrials: 4700, earlyMismatches: 30 },
  },
};
const IN_FORCE = { comparePercent: 100, servePercent: 25, forMs: 1e12, flagAgeMs: 500 };
const unreachable = (): never => {
  throw new Error('out of reach');
};

let world: FakeWorld;
let controller: Controller;

/** What the world is like, at which step, when the reason comes up. */
interface Scene {
  /** default: the first step that serves anybody */
  readonly at?: number;
  readonly changed?: Partial<Evidence>;
  readonly act?: () => unknown;
}

const person = (event: PersonEvent): Promise<unknown> =>
  say({ log: world.log(), clock: world.clock }, PLAN, 'eve', event);
const at = (place: string, act: () => void) => () => {
  world.at = (where) => {
    if (where === place) act();
  };
};

/** One scene for each reason: a code that is added does not compile without one. */
const SCENES = {
  gates_passed: { act: () => looks(1) },
  comparing_restored: { at: RETIRED, act: afterRollBackFromTheEnd },
  widened_by_person: { act: () => person({ kind: 'ordered', order: 'widen', toStep: SERVE_100 }) },
  no_data: { changed: { comparisons: [] } },
  evidence_unreadable: { act: at('before evidence', unreachable) },
  replicas_missing: { changed: { replicas: { expected: 3, reporting: 2, problems: ['c is silent.'] } } },
  not_in_force: { changed: { inForce: { ...IN_FORCE, servePercent: 0 } } },
  flags_stale: { changed: { inForce: { ...IN_FORCE, flagAgeMs: 3_600_000 } } },
  soaking: {},
  too_few_comparisons: { changed: { comparisons: comparisons({ matched: 10 }) } },
  too_few_users: { changed: { users: { ...CLEAN_USERS, distinctUsers: 99 } } },
  types_not_seen: { changed: { comparisons: [{ outcome: 'matched', type: 'notif.sync', count: 9999 }] } },
  too_much_excused: { changed: { excused: [{ reason: 'redis_gap', count: 5000 }] } },
  too_much_sampled_out: { changed: { notCompared: [{ reason: 'sampled_out', count: 1e6 }] } },
  instrument_noisy: { changed: { since: transport({ selfTest: { agreed: 500, disagreed: 500 } }) } },
  judge_failed: { changed: { users: { ...CLEAN_USERS, trials: -1 } } },
  parity_unproven: { changed: { comparisons: comparisons({ matched: 9990, different: 9 }) } },
  users_unproven: { changed: { users: { ...CLEAN_USERS, earlyTrials: 1200 } } },
  few_users_mismatch: {
    changed: {
      comparisons: comparisons({ matched: 7000, different: 3000 }),
      users: { ...CLEAN_USERS, firstMismatches: 2, mismatchedUsers: 2, earlyMismatches: 2 },
      worstUsers: [{ user: 'u-1f', comparisons: 2500, mismatches: 2400 }],
    },
  },
  signal_breached: { changed: { recent: transport({ lag: distribution(900, 100, 100) }) } },
  harm_at_serve_zero: { at: COMPARE_100, changed: HARM },
  awaiting_approval: { at: SERVE_100, act: () => looks(3) },
  latched: { changed: HARM, act: goodAgain },
  paused: { act: () => person({ kind: 'paused' }) },
  stopped: { at: COMPARE_100, act: () => person({ kind: 'stopped' }) },
  hand_edited: { act: () => (world.percents.serve = 100) },
  off_plan: { act: resumedAtNoStep },
  plan_complete: { at: RETIRED },
  lease_elsewhere: { act: () => (world.holder = 2) },
  lease_lost: { act: at('before lease', unreachable) },
  flags_unreadable: { act: () => (world.standingProblem = 'Unleash did not answer: see to it.') },
  log_unavailable: { act: at('before log.last', unreachable) },
  write_failed: {
    changed: HARM,
    act: () => (world.writeOutcome = { outcome: 'failed', problem: 'Unleash answered 500.' }),
  },
  write_proposed: {
    changed: HARM,
    act: () => (world.writeOutcome = { outcome: 'proposed', problem: 'Change requests are on.' }),
  },
  mismatches_over_budget: { changed: HARM },
  loss_far_over_budget: {
    changed: {
      comparisons: comparisons({ matched: 800, missing_in_redis: 200 }),
      users: {
        ...{ distinctUsers: 300, trials: 400, firstMismatches: 200, qualifiedUsers: 0, mismatchedUsers: 0 },
        ...{ earlyTrials: 400, earlyMismatches: 200 },
      },
    },
  },
  delivery_stopped: {
    changed: { delivery: { connectedUsers: 500, servedUsers: 125, stoppedUsers: 40, stoppedForMs: MINUTE } },
  },
  guard_breached: {
    changed: {
      since: transport({ age: { legacy: distribution(1000), redis: distribution(5000, 100, 5000) } }),
      recent: transport({ age: { legacy: distribution(1000), redis: distribution(500, 100, 500) } }),
    },
  },
  rolled_back_by_person: { act: () => person({ kind: 'ordered', order: 'roll_back', toStep: COMPARE_100 }) },
} satisfies Record<ReasonCode, Scene>;

beforeEach(() => {
  world = new FakeWorld(new ManualClock());
  controller = new Controller(world.ports(1), { plan: PLAN });
});

async function looks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await controller.look();
    world.clock.advance(MINUTE);
  }
}

const stateNow = () => world.entries.at(-1)?.state;

/** Approves whatever waits for it. */
async function walkTo(step: number): Promise<void> {
  for (let i = 0; i < 100 && (stateNow()?.stepIndex ?? START) !== step; i++) {
    await looks(1);
    const awaiting = stateNow()?.awaiting;
    if (awaiting !== undefined) await person({ kind: 'approved', evidenceHash: awaiting.evidenceHash });
  }
}

async function goodAgain(): Promise<void> {
  await looks(1);
  world.changed = {};
}

async function afterRollBackFromTheEnd(): Promise<void> {
  await person({ kind: 'ordered', order: 'roll_back', toStep: SERVE_25 });
  await looks(1);
  await person({ kind: 'resumed' });
}

async function resumedAtNoStep(): Promise<void> {
  world.percents.serve = 33;
  await looks(1);
  await person({ kind: 'resumed' });
}

function reasonsOf(outcome: LookOutcome): { kind: string; codes: ReasonCode[] } {
  if (outcome.kind === 'idle') return { kind: 'hold', codes: [outcome.reason.code] };
  const { kind, reasons } = outcome.kind === 'looked' ? outcome.verdict : outcome.decision.verdict;
  return { kind, codes: reasons.map(({ code }) => code) };
}

describe('given a controller that looks at the evidence', () => {
  it.each(REASON_CODES)('comes to %s, and to the verdict that it stands for', async (code) => {
    const { at: step = SERVE_25, changed = {}, act }: Scene = SCENES[code];
    await walkTo(step);
    world.changed = changed;
    await act?.();
    const { kind, codes } = reasonsOf(await controller.look());
    expect(codes).toContain(code);
    expect(kind).toBe(REASON_VERDICTS[code]);
  });
});

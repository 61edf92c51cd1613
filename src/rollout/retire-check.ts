import { picksAnybody, sameTargets } from '../domain/cohort-target.js';
import type { RolloutState } from '../domain/decision.js';
import type { Evidence } from '../domain/evidence.js';
import type { Plan } from '../domain/plan.js';
import { findDoubts, notInForce } from './doubts.js';
import { findHarm } from './harm.js';
import type { Look } from './look.js';
import { targetsAt } from './position.js';

/** Whether legacy can be taken out of the backend, and if not, everything that is in the way. */
export interface RetireCheck {
  readonly ready: boolean;
  /** sentences for a person, each ending with what to wait for or to do; empty when ready */
  readonly obstacles: readonly string[];
}

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

/**
 * Asks whether the plan has been walked to its end, whether its end is in force on every replica and has been
 * watched for long enough, and whether delivery is well. `evidence` is undefined where none can be read.
 */
export function checkRetirement(
  plan: Plan,
  state: RolloutState,
  evidence: Evidence | undefined,
): RetireCheck {
  const obstacles = [
    ...planObstacles(plan),
    ...stateObstacles(plan, state),
    ...evidenceObstacles(plan, state, evidence),
  ];
  return { ready: obstacles.length === 0, obstacles };
}

function planObstacles(plan: Plan): string[] {
  const { compare, serve } = targetsAt(plan, plan.steps.length - 1);
  if (serve.percent === 100 && !picksAnybody(compare)) return [];
  return ['The plan does not end in retirement. Let its last steps be serve: 100 and compare: 0.'];
}

function stateObstacles(plan: Plan, state: RolloutState): string[] {
  const last = plan.steps.length - 1;
  const obstacles: string[] = [];
  if (!sameTargets(state.targets, targetsAt(plan, last))) {
    obstacles.push(`The rollout is at step ${state.stepIndex} of ${last}. Wait for the last one.`);
  }
  if (state.intent !== undefined) obstacles.push('A change is under way. Wait for it.');
  if (state.latch !== undefined) obstacles.push('It was rolled back and not resumed. See history for why.');
  if (state.paused !== undefined) obstacles.push('It is paused. Resume it.');
  if (state.stopped !== undefined) obstacles.push('It is stopped. Start it.');
  if (state.handEdit !== undefined)
    obstacles.push('The flags were set by hand. Resume it to take that as it is.');
  const soakMs = plan.retire.soakMinutes * MS_PER_MINUTE;
  if (state.watch.soakedMs < soakMs) {
    const days = ((soakMs - state.watch.soakedMs) / MS_PER_DAY).toFixed(1);
    obstacles.push(`The last step has not stood for long enough. Wait for ${days} more watched days.`);
  }
  return obstacles;
}

function evidenceObstacles(
  plan: Plan,
  { targets, watch }: RolloutState,
  evidence: Evidence | undefined,
): string[] {
  if (evidence === undefined) return ['No evidence can be read. Mend that first.'];
  const look: Look = { plan, gate: undefined, targets, evidence, soakedMs: watch.soakedMs };
  const waits =
    notInForce(look).length > 0 ? ['The last step is not in force on every replica. Wait for it.'] : [];
  const doubts = [...findHarm(look).reasons, ...findDoubts(look)].filter(
    ({ code }) => code !== 'not_in_force',
  );
  return [
    ...waits,
    ...new Set(doubts.map(({ code }) => `There is ${code}. Do what the runbook says of it.`)),
  ];
}

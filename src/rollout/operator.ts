import type { Clock } from '../contracts/clock.js';
import type { DecisionLog } from '../contracts/decision-log.js';
import type { PersonEvent, RolloutState } from '../domain/decision.js';
import type { Plan } from '../domain/plan.js';
import { fingerprint } from './fingerprint.js';
import { beginning, entryAfter } from './next-state.js';
import { START, differences, targetsAt } from './position.js';

/** What became of what a person said. Each refusal ends with its cure. */
export type OperatorOutcome =
  | { readonly ok: true; readonly state: RolloutState; readonly sequence: number }
  | { readonly ok: false; readonly problem: string };

export interface OperatorPorts {
  readonly log: DecisionLog;
  readonly clock: Clock;
}

const ATTEMPTS = 5;

/**
 * Records what a person says; the controller acts on it at its next look. Needs no lease, because it changes
 * no flag. Refuses what would do nothing or what was not asked. Rejects when the record cannot be reached.
 */
export async function say(
  { log, clock }: OperatorPorts,
  plan: Plan,
  actor: string,
  event: PersonEvent,
  from?: string,
): Promise<OperatorOutcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const last = await log.last();
    const state = last?.state ?? beginning(fingerprint(plan), clock.nowMs());
    const problem = objection(plan, state, event);
    if (problem !== undefined) return { ok: false, problem };
    const entry = entryAfter(last, state, event, {
      ...{ actor, nowMs: clock.nowMs() },
      ...(from === undefined ? {} : { from }),
    });
    if ((await log.append(entry)) === 'appended')
      return { ok: true, state: entry.state, sequence: entry.sequence };
  }
  return { ok: false, problem: 'The record moves too fast to write to. Say it again.' };
}

/** Why it would be refused now; undefined where it would not. Ends with the cure. */
export function objection(plan: Plan, state: RolloutState, event: PersonEvent): string | undefined {
  switch (event.kind) {
    case 'approved':
      return approvalObjection(state, event.evidenceHash);
    case 'ordered':
      return orderObjection(plan, state, event);
    case 'resumed':
      if (state.paused === undefined && state.latch === undefined && state.handEdit === undefined) {
        return 'Nothing is paused, latched or edited by hand. There is nothing to resume; see status.';
      }
      return undefined;
    case 'started':
      return state.stopped === undefined
        ? 'Nothing is stopped. There is nothing to start; see status.'
        : undefined;
    case 'paused':
    case 'stopped':
      // To say it twice is harmless, and a person in a hurry should not have to read a refusal.
      return undefined;
  }
}

function approvalObjection({ awaiting }: RolloutState, evidenceHash: string): string | undefined {
  if (awaiting === undefined) return 'No approval is awaited. See status for what holds the rollout up.';
  if (awaiting.evidenceHash === evidenceHash) return undefined;
  return `The evidence has changed since. Look at ${awaiting.evidenceHash} and approve that.`;
}

function orderObjection(
  plan: Plan,
  state: RolloutState,
  { order, toStep }: Extract<PersonEvent, { kind: 'ordered' }>,
): string | undefined {
  if (state.stopped !== undefined && order === 'widen') return 'The rollout is stopped. Start it first.';
  const last = plan.steps.length - 1;
  if (!Number.isInteger(toStep) || toStep < START || toStep > last) {
    return `The plan has no step ${toStep + 1}. Name one from 0, which is before the first, to ${last + 1}.`;
  }
  const goal = targetsAt(plan, toStep);
  if (order === 'widen') {
    return toStep <= state.stepIndex ? `Step ${toStep + 1} is no step ahead. Name a later one.` : undefined;
  }
  const [move] = differences(state.targets, { ...state.targets, serve: goal.serve });
  if (move === undefined || goal.serve.percent > state.targets.serve.percent) {
    return `Step ${toStep + 1} serves no fewer users than now. Name an earlier one.`;
  }
  return undefined;
}

import { sameTarget } from '../../domain/cohort-target.js';
import type { PersonEvent, RolloutState } from '../../domain/decision.js';
import type { Plan } from '../../domain/plan.js';
import { objection } from '../../rollout/operator.js';
import { START, targetsAt } from '../../rollout/position.js';
import { outlookOf, type Outlook, type SeenUsers } from './outlook.js';

/** What a person may do with a rollout. */
export type RolloutAction = 'approve' | 'pause' | 'resume' | 'widen' | 'rollback';

/** What a person may say more exactly; what is left out is what comes next. */
export interface ActionWish {
  /** index into the plan's steps; -1 is before the first */
  readonly toStep?: number;
  /** a serve percentage of the plan */
  readonly percent?: number;
  /** the evidence that is approved */
  readonly evidence?: string;
}

/** What a wish means now: what would be recorded and what comes of it, or why it would be refused, with the cure. */
export type Proposal =
  | { readonly ok: true; readonly event: PersonEvent; readonly outlook?: Outlook }
  | { readonly ok: false; readonly problem: string };

const NO_STEP = 'The plan has no such step. See crossfade plan show.';
const NOBODY_SERVED = 'No step before this one serves fewer users. See crossfade plan show.';
const NO_APPROVAL = 'No approval is awaited. See crossfade status for what holds the rollout up.';

/** Turns a wish into what is recorded, the same for the commands and the admin API. */
export function propose(
  plan: Plan,
  state: RolloutState,
  action: RolloutAction,
  wish: ActionWish,
  seen: SeenUsers | undefined,
): Proposal {
  const event = eventOf(plan, state, action, wish);
  if (typeof event === 'string') return { ok: false, problem: event };
  const problem = objection(plan, state, event);
  if (problem !== undefined) return { ok: false, problem };
  if (event.kind === 'ordered')
    return { ok: true, event, outlook: outlookOf(plan, state, event.toStep, event.order, seen) };
  const next = state.stepIndex + 1;
  if (event.kind !== 'approved' || next >= plan.steps.length) return { ok: true, event };
  return { ok: true, event, outlook: outlookOf(plan, state, next, 'widen', seen) };
}

/** Every step that a roll-back can go to, the nearest first, one for each serve percentage. */
export function rollbackSteps(plan: Plan, state: RolloutState): readonly number[] {
  const steps: number[] = [];
  let { serve } = state.targets;
  for (let index = state.stepIndex - 1; index >= START; index--) {
    const wanted = targetsAt(plan, index).serve;
    const isFewer = !sameTarget(wanted, serve) && wanted.percent <= serve.percent;
    if (isFewer) steps.push(index);
    if (isFewer) serve = wanted;
  }
  return steps;
}

function eventOf(
  plan: Plan,
  state: RolloutState,
  action: RolloutAction,
  wish: ActionWish,
): PersonEvent | string {
  switch (action) {
    case 'pause':
      return { kind: 'paused' };
    case 'resume':
      return { kind: 'resumed' };
    case 'approve': {
      const evidenceHash = wish.evidence ?? state.awaiting?.evidenceHash;
      return evidenceHash === undefined ? NO_APPROVAL : { kind: 'approved', evidenceHash };
    }
    case 'widen': {
      const toStep = wish.toStep ?? stepFor(plan, state, wish.percent);
      return toStep === undefined ? NO_STEP : { kind: 'ordered', order: 'widen', toStep };
    }
    case 'rollback': {
      const toStep = wish.toStep ?? rollbackSteps(plan, state)[0];
      return toStep === undefined ? NOBODY_SERVED : { kind: 'ordered', order: 'roll_back', toStep };
    }
  }
}

/** The step whose serve percentage this is; undefined where none is. Without one: the next step. */
function stepFor(
  { steps }: Plan,
  { stepIndex }: RolloutState,
  percent: number | undefined,
): number | undefined {
  const index =
    percent === undefined
      ? stepIndex + 1
      : steps.findIndex(
          ({ change }) => change.flag === 'serve' && 'percent' in change && change.percent === percent,
        );
  return index === -1 || index >= steps.length ? undefined : index;
}

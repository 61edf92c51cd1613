import type { Move, Targets } from '../domain/cohort-target.js';
import type { DecisionKind, RolloutState } from '../domain/decision.js';
import type { Plan } from '../domain/plan.js';
import type { Reason, Verdict } from '../domain/verdict.js';
import { verdictOf } from './judge.js';
import { isLatched, retreat } from './ladder.js';
import { differences, gateAt, stepServing, targetsAt } from './position.js';

/** What is to be done after a look: a move, or nothing. The verdict may differ from the judge's: a person comes first. */
export interface Course {
  readonly verdict: Verdict;
  readonly step?: CourseStep;
}

export interface CourseStep {
  readonly kind: DecisionKind;
  readonly move: Move;
  readonly toStep: number;
  /** who ordered it, where a person did */
  readonly actor?: string;
}

const MS_PER_MINUTE = 60_000;

/** Sets the course: a stop first, then harm, then other orders, then what stands in the way, then the plan's next step. */
export function setCourse(plan: Plan, state: RolloutState, judged: Verdict, nowMs: number): Course {
  return (
    stopped(plan, state, judged) ??
    backFromHarm(plan, state, judged) ??
    backByOrder(plan, state, judged) ??
    held(plan, state, judged) ??
    onByOrder(plan, state, judged) ??
    restored(plan, state, judged) ??
    onward(plan, state, judged, nowMs)
  );
}

/** A stop takes everybody back at once. */
function stopped(plan: Plan, { stopped: by, targets }: RolloutState, judged: Verdict): Course | undefined {
  if (by === undefined) return undefined;
  const back = retreat(plan, targets, 'hard_harm');
  if (back === undefined) return undefined;
  return { verdict: backBy(judged, 'Stopped.'), step: { kind: 'roll_back', ...back, actor: by.actor } };
}

function backFromHarm(plan: Plan, state: RolloutState, verdict: Verdict): Course | undefined {
  if (verdict.kind !== 'roll_back') return undefined;
  const back = retreat(plan, state.targets, verdict.severity);
  return back === undefined ? undefined : { verdict, step: { kind: 'roll_back', ...back } };
}

function backByOrder(plan: Plan, { order, targets }: RolloutState, judged: Verdict): Course | undefined {
  if (order?.kind !== 'roll_back') return undefined;
  const to = targetsAt(plan, order.toStep).serve;
  const [move] = differences(targets, { ...targets, serve: to });
  if (move === undefined || to.percent > targets.serve.percent) return undefined;
  const toStep = stepServing(plan, { ...targets, serve: to });
  return {
    verdict: backBy(judged, 'Ordered.'),
    step: { kind: 'roll_back', move, toStep, actor: order.actor },
  };
}

function backBy({ severity, numbers }: Verdict, detail: string): Verdict {
  return verdictOf('roll_back', severity, [{ code: 'rolled_back_by_person', detail }], numbers);
}

/** What a person or the latch forbids, however good the evidence. The judge's own reasons stand behind it. */
function held(plan: Plan, state: RolloutState, judged: Verdict): Course | undefined {
  const reasons: Reason[] = [];
  if (state.stopped !== undefined) reasons.push({ code: 'stopped', detail: `By ${state.stopped.actor}.` });
  if (state.paused !== undefined) reasons.push({ code: 'paused', detail: `By ${state.paused.actor}.` });
  if (state.handEdit !== undefined) reasons.push({ code: 'hand_edited' });
  if (isLatched(plan, state.latch, state.watch) && state.order === undefined) {
    const have = state.watch.cooledMs;
    reasons.push({ code: 'latched', have, need: plan.rollBack.coolDownMinutes * MS_PER_MINUTE });
  }
  if (reasons.length === 0) return undefined;
  const others = judged.kind === 'hold' ? judged.reasons : [];
  return { verdict: verdictOf('hold', judged.severity, [...reasons, ...others], judged.numbers) };
}

/** A person may pass the gates, one flag at a time; compare is raised before serve, and taken away after it. */
function onByOrder(plan: Plan, state: RolloutState, judged: Verdict): Course | undefined {
  const { order, targets } = state;
  if (order?.kind !== 'widen') return undefined;
  const goal = targetsAt(plan, order.toStep);
  const moves = differences(targets, goal);
  const raises = goal.compare.percent >= targets.compare.percent;
  const move = raises ? moves[0] : moves.at(-1);
  if (move === undefined) return undefined;
  const toStep = moves.length === 1 ? order.toStep : state.stepIndex;
  const reason: Reason = { code: 'widened_by_person', detail: 'Ordered.' };
  const verdict = verdictOf('widen', judged.severity, [reason], judged.numbers);
  return { verdict, step: { kind: 'widen', move, toStep, actor: order.actor } };
}

/** After a roll-back from the end of the plan compare may be lower than its step wants: putting it back harms nobody. */
function restored(plan: Plan, { stepIndex, targets }: RolloutState, judged: Verdict): Course | undefined {
  const [move, second] = differences(targets, targetsAt(plan, stepIndex));
  if (move === undefined) return undefined;
  if (second !== undefined || move.flag !== 'compare' || move.to.percent <= targets.compare.percent) {
    return offPlan(judged, targets);
  }
  const verdict = verdictOf('widen', judged.severity, [{ code: 'comparing_restored' }], judged.numbers);
  return { verdict, step: { kind: 'restore', move, toStep: stepIndex } };
}

function offPlan(judged: Verdict, { compare, serve }: Targets): Course {
  const detail = `Compare ${compare.percent}, serve ${serve.percent} is no step of the plan.`;
  const others = judged.kind === 'hold' ? judged.reasons : [];
  return {
    verdict: verdictOf('hold', judged.severity, [{ code: 'off_plan', detail }, ...others], judged.numbers),
  };
}

function onward(plan: Plan, state: RolloutState, verdict: Verdict, nowMs: number): Course {
  if (verdict.kind !== 'widen') return { verdict };
  const { stepIndex, targets } = state;
  if (gateAt(plan, stepIndex)?.approval === 'required' && !isApproved(plan, state, nowMs)) {
    const since = state.awaiting?.sinceMs;
    const reason: Reason = { code: 'awaiting_approval', ...(since !== undefined && { have: nowMs - since }) };
    return { verdict: verdictOf('hold', 'none', [reason], verdict.numbers) };
  }
  const toStep = stepIndex + 1;
  const [move] = differences(targets, targetsAt(plan, toStep));
  // A step that names only users who are in already changes nothing, and is passed with the next one.
  if (move === undefined) return { verdict };
  const actor = state.approval?.actor;
  return { verdict, step: { kind: 'widen', move, toStep, ...(actor !== undefined && { actor }) } };
}

/** An approval holds for the evidence that it was given for, for so long as the plan says. */
function isApproved(plan: Plan, { approval, awaiting }: RolloutState, nowMs: number): boolean {
  if (approval === undefined || approval.evidenceHash !== awaiting?.evidenceHash) return false;
  const ageMs = nowMs - approval.atMs;
  return ageMs >= 0 && ageMs <= plan.approvals.validMinutes * MS_PER_MINUTE;
}

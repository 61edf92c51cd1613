import { NOTHING, afterMove } from '../domain/cohort-target.js';
import type {
  Decision,
  Hold,
  LogEntry,
  Order,
  PersonEvent,
  RolloutEvent,
  RolloutState,
} from '../domain/decision.js';
import type { Verdict } from '../domain/verdict.js';
import { START, differences } from './position.js';
import { UNWATCHED } from './watch.js';

/** Where a rollout stands before anything is recorded. */
export function beginning(planHash: string, nowMs: number): RolloutState {
  return { planHash, stepIndex: START, targets: NOTHING, appliedAtMs: nowMs, watch: UNWATCHED };
}

/** When and by whom something was recorded. */
export interface Recorded {
  readonly atMs: number;
  readonly actor: string;
  readonly sequence: number;
}

/** The state after an event. Pure: the record can be read from its first line and comes out as its last one says. */
export function nextState(state: RolloutState, event: RolloutEvent, recorded: Recorded): RolloutState {
  const { atMs } = recorded;
  switch (event.kind) {
    case 'looked':
      return afterLook({ ...state, watch: event.watch }, event.verdict, event.evidenceHash, atMs);
    case 'intended':
      return { ...without(state, 'hold'), watch: event.watch, intent: event.decision };
    case 'applied':
      return afterApplied(state, event.decision, atMs);
    case 'abandoned':
      return without(state, 'intent');
    case 'hand_edited': {
      const { found, stepIndex } = event;
      const rest = without(newEvidence(state, atMs, state.watch.lookedAtMs), 'intent', 'order');
      return { ...rest, targets: found, stepIndex, handEdit: { atMs, found } };
    }
    case 'undone':
      return afterUndone(state, event, atMs);
    case 'plan_changed': {
      const { planHash, stepIndex } = event;
      return { ...without(state, 'awaiting', 'approval', 'order', 'intent'), planHash, stepIndex };
    }
    case 'hold_told':
      return state.hold === undefined ? state : { ...state, hold: { ...state.hold, told: true } };
    default:
      return afterPerson(state, event, recorded);
  }
}

/** The entry that follows another, or the first. */
export function entryAfter(
  last: LogEntry | undefined,
  before: RolloutState,
  event: RolloutEvent,
  by: { readonly actor: string; readonly from?: string; readonly token?: number; readonly nowMs: number },
): LogEntry {
  const sequence = (last?.sequence ?? 0) + 1;
  const { actor, from, token, nowMs: atMs } = by;
  const state = nextState(before, event, { atMs, actor, sequence });
  const whence = { ...(from === undefined ? {} : { from }), ...(token === undefined ? {} : { token }) };
  return Object.freeze({ sequence, atMs, actor, ...whence, event, state });
}

/** An approval lapses as soon as the verdict is anything but that a person is awaited. */
function afterLook(state: RolloutState, verdict: Verdict, evidenceHash: string, atMs: number): RolloutState {
  const { awaiting, approval, hold, ...rest } = state;
  const held = verdict.kind === 'hold' ? { hold: holdOn(hold, verdict, atMs) } : {};
  // What was approved and could not be written is still approved.
  if (verdict.reasons.some(({ code }) => code === 'write_failed' || code === 'write_proposed')) {
    return { ...rest, ...held, ...(awaiting && { awaiting }), ...(approval && { approval }) };
  }
  if (!verdict.reasons.some(({ code }) => code === 'awaiting_approval')) return { ...rest, ...held };
  return {
    ...rest,
    ...held,
    awaiting: awaiting ?? { evidenceHash, sinceMs: atMs },
    ...(awaiting !== undefined && approval !== undefined && { approval }),
  };
}

function holdOn(hold: Hold | undefined, { reasons }: Verdict, atMs: number): Hold {
  const code = reasons[0]?.code ?? 'judge_failed';
  return hold?.code === code ? hold : { code, sinceMs: atMs, told: false };
}

function afterApplied(state: RolloutState, decision: Decision, atMs: number): RolloutState {
  const after: RolloutState = {
    ...without(newEvidence(state, atMs, decision.atMs), 'intent'),
    targets: afterMove(state.targets, decision.move),
    stepIndex: decision.toStep,
    writtenBy: { ...state.writtenBy, [decision.move.flag]: decision.id },
  };
  // Whatever else is applied came after the latch had ended, or against it by a person's order.
  if (decision.kind !== 'roll_back') return withoutFinishedOrder(without(after, 'latch'));
  const latch = { sinceMs: atMs, severity: decision.verdict.severity, decisionId: decision.id };
  const watch = { ...after.watch, cooledMs: 0, clearMs: 0 };
  const rest = after.order?.kind === 'widen' ? without(after, 'order') : after;
  return withoutFinishedOrder({ ...rest, latch, watch });
}

function afterUndone(
  state: RolloutState,
  { found, decisionId }: Extract<RolloutEvent, { kind: 'undone' }>,
  atMs: number,
): RolloutState {
  const writtenBy = { ...state.writtenBy };
  for (const { flag } of differences(found, state.targets)) writtenBy[flag] = decisionId;
  // Replicas that never saw it have had the same in force all the time.
  return { ...newEvidence(state, atMs, state.changedAfterMs), writtenBy };
}

/** An order is done where the rollout is at its step or beyond. */
function withoutFinishedOrder(state: RolloutState): RolloutState {
  const { order, stepIndex } = state;
  if (order === undefined) return state;
  const done = order.kind === 'widen' ? stepIndex >= order.toStep : stepIndex <= order.toStep;
  return done ? without(state, 'order') : state;
}

/** Other people are in the cohorts now: what was seen, soaked and approved says nothing about them. */
function newEvidence(state: RolloutState, atMs: number, changedAfterMs: number | undefined): RolloutState {
  const rest = without(state, 'awaiting', 'approval', 'hold', 'changedAfterMs');
  // The soak counts from here, and not from a look before a controller died on the way.
  const watch = { ...state.watch, lookedAtMs: atMs, soakedMs: 0 };
  return { ...rest, appliedAtMs: atMs, ...(changedAfterMs !== undefined && { changedAfterMs }), watch };
}

function afterPerson(state: RolloutState, event: PersonEvent, { actor, atMs }: Recorded): RolloutState {
  const order: Order = { actor, atMs };
  switch (event.kind) {
    case 'approved':
      return { ...state, approval: { ...order, evidenceHash: event.evidenceHash } };
    case 'paused':
      return { ...state, paused: order };
    case 'resumed':
      return without(state, 'paused', 'latch', 'handEdit');
    case 'stopped':
      return { ...without(state, 'order', 'approval'), stopped: order };
    case 'started':
      return without(state, 'stopped');
    case 'ordered':
      return { ...state, order: { ...order, kind: event.order, toStep: event.toStep } };
  }
}

type Leavable =
  | 'changedAfterMs'
  | 'intent'
  | 'latch'
  | 'paused'
  | 'stopped'
  | 'handEdit'
  | 'order'
  | 'awaiting'
  | 'approval'
  | 'hold';

function without(state: RolloutState, ...keys: readonly Leavable[]): RolloutState {
  const left: Partial<Record<keyof RolloutState, unknown>> = { ...state };
  for (const key of keys) Reflect.deleteProperty(left, key);
  return left as RolloutState;
}

import { picksAnybody, type Move, type Targets } from '../domain/cohort-target.js';
import type { Latch, Watch } from '../domain/decision.js';
import type { Plan } from '../domain/plan.js';
import type { Severity, Verdict } from '../domain/verdict.js';
import { stepServing, targetsAt } from './position.js';

const NOBODY = Object.freeze({ percent: 0, canaries: Object.freeze([]) });
const MS_PER_MINUTE = 60_000;

/** Where a roll-back leads. */
export interface Retreat {
  readonly move: Move;
  readonly toStep: number;
}

/**
 * The way back: on harm to the last step that serves fewer, on hard harm to nobody served. Lowers serve and
 * never compare, so that what went wrong goes on being seen. Undefined where nobody is served: there is
 * nothing to take back.
 */
export function retreat(plan: Plan, targets: Targets, severity: Severity): Retreat | undefined {
  const { serve } = targets;
  if (!picksAnybody(serve)) return undefined;
  const to = severity === 'hard_harm' ? NOBODY : servedBefore(plan, targets);
  const after = { ...targets, serve: to };
  return { move: { flag: 'serve', from: serve, to }, toStep: stepServing(plan, after) };
}

/** Whom the last step serves that serves fewer than now; nobody where there is none. */
function servedBefore(plan: Plan, { serve }: Targets): Targets['serve'] {
  for (let index = plan.steps.length - 1; index >= 0; index--) {
    const before = targetsAt(plan, index).serve;
    const fewer =
      before.percent < serve.percent ||
      (before.percent === serve.percent && before.canaries.length < serve.canaries.length);
    if (fewer) return before;
  }
  return NOBODY;
}

/** Whether a latch still holds: until the cool-down is over and all has been well clear of harm for long enough. */
export function isLatched(plan: Plan, latch: Latch | undefined, watch: Watch): boolean {
  if (latch === undefined) return false;
  const { coolDownMinutes, quietMinutes } = plan.rollBack;
  return watch.cooledMs < coolDownMinutes * MS_PER_MINUTE || watch.clearMs < quietMinutes * MS_PER_MINUTE;
}

/**
 * Whether a look is well clear of harm, which asks for more than the absence of harm: the evidence must not
 * speak for it at all (the e-value at most 1, where 100 would be harm), and it must be evidence.
 */
export function isWellClear({ severity, reasons, numbers }: Verdict): boolean {
  return severity === 'none' && (numbers.logHarm ?? 0) <= 0 && !reasons.some(({ code }) => UNCLEAR.has(code));
}

const UNCLEAR: ReadonlySet<string> = new Set([
  'no_data',
  'evidence_unreadable',
  'replicas_missing',
  'not_in_force',
  'flags_stale',
  'instrument_noisy',
  'judge_failed',
  'few_users_mismatch',
  'signal_breached',
]);

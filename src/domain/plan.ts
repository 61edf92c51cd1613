import type { MismatchClass } from './comparison.js';
import type { Flag } from './flag.js';
import type { ObjectiveKind } from './objective.js';

/** A plan as it is used: checked, complete and frozen. The bounds are in `rollout/plan-fields.ts` and the JSON Schema. */
export interface Plan {
  readonly version: 1;
  readonly name: string;
  /** the event types that both sources carry, of which a gate wants a share to have been seen */
  readonly types: readonly string[];
  readonly parity: ParityObjective;
  readonly lag: LimitObjective & { readonly p99LimitMs: number };
  readonly age: AgeObjective;
  readonly gaps: LimitObjective & { readonly timeShareLimit: number };
  readonly resyncs: LimitObjective & { readonly failedShareLimit: number };
  readonly delivery: DeliveryObjective;
  readonly instrument: InstrumentLimits;
  readonly flags: FlagLimits;
  readonly coverage: CoverageLimits;
  readonly confidence: Confidence;
  readonly rollBack: RollBackRules;
  readonly approvals: ApprovalRules;
  readonly retire: RetireRules;
  /** at least one; each changes one flag */
  readonly steps: readonly PlanStep[];
}

/** Parity is a guard, but for `missing_in_legacy`, which is a signal. */
export interface ParityObjective {
  /** most mismatches per comparison, guarded classes together */
  readonly eventsBudget: number;
  /** most users, of all, who mismatch within their first ten comparisons */
  readonly usersBudget: number;
  /** a budget of its own for a class, on top of the common one */
  readonly classBudgets: Readonly<Partial<Record<MismatchClass, number>>>;
}

/** An objective that may be either kind. */
export interface LimitObjective {
  readonly kind: ObjectiveKind;
}

/** Delivery age: time of delivery minus the envelope's timestamp. */
export interface AgeObjective extends LimitObjective {
  readonly p99LimitMs: number;
  /** how far Redis's 99th percentile may lie above legacy's */
  readonly p99AboveLegacyMs: number;
}

/** Delivery that stops is hard harm. */
export interface DeliveryObjective {
  readonly stoppedAfterSeconds: number;
  readonly stoppedUsers: number;
}

/** How much the instrument may fail before its word is not taken. */
export interface InstrumentLimits {
  /** failures per comparison */
  readonly failureShareLimit: number;
  /** disagreements of the self-test, of all it did */
  readonly selfTestShareLimit: number;
}

export interface FlagLimits {
  readonly maxAgeSeconds: number;
}

/** Parity over a sliver is no parity. */
export interface CoverageLimits {
  readonly excusedShareLimit: number;
  readonly sampledOutShareLimit: number;
}

/** How often, at most, the judge is wrong in one step, however often it looks. */
export interface Confidence {
  /** probability of a roll-back at or below the budgets, shared by all guards */
  readonly rollBackAlpha: number;
  /** probability of a widening at or above the budgets */
  readonly widenAlpha: number;
}

/** After a roll-back nothing widens until both have passed, or a person says so. */
export interface RollBackRules {
  readonly coolDownMinutes: number;
  /** without a break and watched, with the evidence well clear of harm */
  readonly quietMinutes: number;
}

export interface ApprovalRules {
  readonly validMinutes: number;
}

export interface RetireRules {
  /** how long the last step must have stood, watched, before legacy may leave the code */
  readonly soakMinutes: number;
}

/** What a step does. `canaries` are named users, picked by that flag whatever its percentage. */
export type StepChange =
  | { readonly flag: Flag; readonly percent: number }
  | { readonly flag: Flag; readonly canaries: readonly string[] };

/** A step, and what must be so before the next one. */
export interface PlanStep {
  readonly change: StepChange;
  readonly gate: Gate;
}

/** What the statistics must show: nothing, a rate of comparisons below its budget, or that and the same of users. */
export type Proof = 'none' | 'events' | 'users';

export const PROOFS = ['none', 'events', 'users'] as const satisfies readonly Proof[];

/** What must be so before the rollout goes on from a step. */
export interface Gate {
  /** watched time with the step in force */
  readonly soakMinutes: number;
  readonly minComparisons: number;
  readonly minUsers: number;
  /** share of the plan's types that must have been compared at least once, 0 to 1 */
  readonly typesSeenShare: number;
  readonly approval: 'required' | 'none';
  readonly proof: Proof;
}

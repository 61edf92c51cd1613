import type { Move, Targets } from './cohort-target.js';
import type { Evidence } from './evidence.js';
import type { Flag } from './flag.js';
import type { Severity, Verdict } from './verdict.js';

/** Why a change is made: good evidence, harm, a roll-back's compare percentage put back, or a stale write undone. */
export type DecisionKind = 'widen' | 'roll_back' | 'restore' | 'undo';

export const DECISION_KINDS = [
  'widen',
  'roll_back',
  'restore',
  'undo',
] as const satisfies readonly DecisionKind[];

/** A change that is to be made, or was: from, to, why, by whom, on which evidence. */
export interface Decision {
  /** unique over all controllers; the marker in the flag server carries it */
  readonly id: string;
  readonly atMs: number;
  readonly kind: DecisionKind;
  readonly fromStep: number;
  readonly toStep: number;
  readonly move: Move;
  readonly verdict: Verdict;
  /** of the evidence it was made on; empty where none could be read */
  readonly evidenceHash: string;
  readonly planHash: string;
  /** how many users Redis served at that moment, and the events it had brought them since the step came in force */
  readonly touched?: { readonly users: number; readonly events: number };
  /** `controller`, or the person who ordered it */
  readonly actor: string;
}

/** Where the rollout stands: all that a controller has to know beside flags and evidence. Survives JSON. */
export interface RolloutState {
  readonly planHash: string;
  /** index into the plan's steps; -1 before the first */
  readonly stepIndex: number;
  /** whom the flags picked when they were last written or found */
  readonly targets: Targets;
  /** when that was, `Clock.nowMs()` */
  readonly appliedAtMs: number;
  /** they were changed to that after this moment and not before; left out where nobody knows */
  readonly changedAfterMs?: number;
  /** which decision wrote each flag last */
  readonly writtenBy?: Readonly<Partial<Record<Flag, string>>>;
  /** decided, and not known to have been written */
  readonly intent?: Decision;
  readonly watch: Watch;
  readonly latch?: Latch;
  readonly paused?: Order;
  readonly stopped?: Order;
  readonly handEdit?: { readonly atMs: number; readonly found: Targets };
  readonly order?: StepOrder;
  /** a widening that waits for a person, and the evidence it was first found good on */
  readonly awaiting?: { readonly evidenceHash: string; readonly sinceMs: number };
  readonly approval?: Order & { readonly evidenceHash: string };
  readonly hold?: Hold;
}

/** Time that was watched, so that no gate is passed by downtime. */
export interface Watch {
  /** the last look, `Clock.nowMs()`; left out before the first */
  readonly lookedAtMs?: number;
  /** with the targets in force */
  readonly soakedMs: number;
  /** since the last roll-back */
  readonly cooledMs: number;
  /** without a break and well clear of harm */
  readonly clearMs: number;
}

/** After a roll-back nothing widens. */
export interface Latch {
  readonly sinceMs: number;
  readonly severity: Severity;
  readonly decisionId: string;
}

/** What a person said, and when. */
export interface Order {
  readonly actor: string;
  readonly atMs: number;
}

/** A person wants another step, gates or no gates. */
export interface StepOrder extends Order {
  readonly kind: 'widen' | 'roll_back';
  readonly toStep: number;
}

/** A hold that goes on, so that one that lasts is told once. */
export interface Hold {
  readonly code: string;
  readonly sinceMs: number;
  readonly told: boolean;
}

/** Everything that can be recorded. */
export type RolloutEvent =
  | {
      readonly kind: 'looked';
      readonly verdict: Verdict;
      /** left out where none could be read */
      readonly evidence?: Evidence;
      readonly evidenceHash: string;
      readonly watch: Watch;
    }
  | {
      readonly kind: 'intended';
      readonly decision: Decision;
      readonly evidence?: Evidence;
      readonly watch: Watch;
    }
  | { readonly kind: 'applied'; readonly decision: Decision }
  | { readonly kind: 'abandoned'; readonly decisionId: string; readonly why: string }
  | { readonly kind: 'hand_edited'; readonly found: Targets; readonly stepIndex: number }
  | { readonly kind: 'undone'; readonly found: Targets; readonly decisionId: string }
  | { readonly kind: 'plan_changed'; readonly planHash: string; readonly stepIndex: number }
  | { readonly kind: 'hold_told' }
  | PersonEvent;

/** What a person may say. */
export type PersonEvent =
  | { readonly kind: 'approved'; readonly evidenceHash: string }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'started' }
  | { readonly kind: 'ordered'; readonly order: StepOrder['kind']; readonly toStep: number };

/** One line of the record, with the state after it: the last line is all that a controller needs to go on. */
export interface LogEntry {
  /** 1, 2, 3, … without a gap */
  readonly sequence: number;
  readonly atMs: number;
  readonly actor: string;
  /** where a person's word came from, such as an address; left out where it was said on the machine itself */
  readonly from?: string;
  /** the lease's, where a controller wrote it; a person needs no lease */
  readonly token?: number;
  readonly event: RolloutEvent;
  readonly state: RolloutState;
}

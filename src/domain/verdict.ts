import type { Objective } from './objective.js';

/** What to do next. Only good evidence widens, only real harm rolls back; everything else holds. */
export type VerdictKind = 'widen' | 'hold' | 'roll_back';

export const VERDICT_KINDS = ['widen', 'hold', 'roll_back'] as const satisfies readonly VerdictKind[];

/** How bad it is: `harm` goes one step back, `hard_harm` to nobody served. */
export type Severity = 'none' | 'harm' | 'hard_harm';

/** Every reason there is, and the verdict it stands for. The runbook has an entry for each. */
export const REASON_VERDICTS = {
  // Widen.
  gates_passed: 'widen',
  comparing_restored: 'widen',
  widened_by_person: 'widen',
  // Hold: the evidence is not there.
  no_data: 'hold',
  evidence_unreadable: 'hold',
  replicas_missing: 'hold',
  not_in_force: 'hold',
  flags_stale: 'hold',
  soaking: 'hold',
  too_few_comparisons: 'hold',
  too_few_users: 'hold',
  types_not_seen: 'hold',
  too_much_excused: 'hold',
  too_much_sampled_out: 'hold',
  instrument_noisy: 'hold',
  judge_failed: 'hold',
  // Hold: the evidence is there and not good enough.
  parity_unproven: 'hold',
  users_unproven: 'hold',
  few_users_mismatch: 'hold',
  signal_breached: 'hold',
  harm_at_serve_zero: 'hold',
  // Hold: somebody or something has to come first.
  awaiting_approval: 'hold',
  latched: 'hold',
  paused: 'hold',
  stopped: 'hold',
  hand_edited: 'hold',
  off_plan: 'hold',
  plan_complete: 'hold',
  // Hold: the loop could not do its work.
  lease_elsewhere: 'hold',
  lease_lost: 'hold',
  flags_unreadable: 'hold',
  log_unavailable: 'hold',
  write_failed: 'hold',
  write_proposed: 'hold',
  // Roll back.
  mismatches_over_budget: 'roll_back',
  loss_far_over_budget: 'roll_back',
  delivery_stopped: 'roll_back',
  guard_breached: 'roll_back',
  rolled_back_by_person: 'roll_back',
} as const satisfies Record<string, VerdictKind>;

export type ReasonCode = keyof typeof REASON_VERDICTS;

export const REASON_CODES = Object.keys(REASON_VERDICTS) as readonly ReasonCode[];

/** One reason with its numbers. What they count is in the runbook's entry of the code. */
export interface Reason {
  readonly code: ReasonCode;
  readonly objective?: Objective;
  /** what was found */
  readonly have?: number;
  /** what is wanted, or the limit */
  readonly need?: number;
  /** how many more clean ones would do, comparisons or users by the code */
  readonly moreCleanNeeded?: number;
  /** hashes of the users who hold it up */
  readonly users?: readonly string[];
  /** a sentence for a person, where numbers do not say it */
  readonly detail?: string;
}

/** What was decided on one look, and why. */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly severity: Severity;
  /** at least one; the first is the one to act on */
  readonly reasons: readonly Reason[];
  readonly numbers: VerdictNumbers;
}

/** The numbers behind a verdict; those that mean nothing without comparisons are left out without any. */
export interface VerdictNumbers {
  readonly comparisons: number;
  /** of guarded classes */
  readonly mismatches: number;
  /** matched ÷ (matched + mismatched), all classes */
  readonly parity?: number;
  /** the true mismatch rate is below it, at all looks, with the confidence that widening asks for */
  readonly rateBelow?: number;
  /** natural logarithm of the evidence for harm, and where it becomes harm */
  readonly logHarm?: number;
  readonly logHarmLimit: number;
  readonly distinctUsers: number;
  readonly mismatchedUsers: number;
  /** 0 to 1 */
  readonly excusedShare: number;
  readonly cleanComparisonsNeeded: number;
  readonly cleanUsersNeeded: number;
}

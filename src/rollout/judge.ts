import type { Evidence, UserSums } from '../domain/evidence.js';
import type { Reason, Severity, Verdict, VerdictKind, VerdictNumbers } from '../domain/verdict.js';
import { comparedOf, countOf, excusedShare, guardedCounts } from './counts-of.js';
import { findDoubts } from './doubts.js';
import { budgetOf, findHarm, parityAlpha } from './harm.js';
import { compares, serves, type Look } from './look.js';
import { cleanComparisonsNeeded, cleanUsersNeeded, logHarm, upperBound } from './parity-test.js';

/**
 * Judges one look. Pure: the same look gives the same verdict, so that a recorded one can be judged again by
 * another plan. Harm comes first; then every doubt is named; only without any does it widen. Where the judge
 * itself fails, the verdict is a hold that says so. Never throws.
 */
export function judge(look: Look): Verdict {
  try {
    return judged(look);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return verdictOf('hold', 'none', [{ code: 'judge_failed', detail }], NO_NUMBERS);
  }
}

function judged(look: Look): Verdict {
  refuseNonsense(look.evidence);
  const numbers = numbersOf(look);
  const harm = findHarm(look);
  if (harm.severity !== 'none') {
    if (serves(look)) return verdictOf('roll_back', harm.severity, harm.reasons, numbers);
    const first: Reason = {
      code: 'harm_at_serve_zero',
      detail: 'Nobody is served from Redis: nobody is harmed.',
    };
    return verdictOf('hold', harm.severity, [first, ...harm.reasons], numbers);
  }
  const doubts = findDoubts(look);
  if (doubts.length > 0) return verdictOf('hold', 'none', doubts, numbers);
  return look.gate === undefined
    ? verdictOf('hold', 'none', [{ code: 'plan_complete' }], numbers)
    : verdictOf('widen', 'none', [{ code: 'gates_passed' }], numbers);
}

/** A verdict for a hold that no evidence is behind. */
export function holdFor(reason: Reason, numbers: VerdictNumbers = NO_NUMBERS): Verdict {
  return verdictOf('hold', 'none', [reason], numbers);
}

/** Puts a frozen verdict together. */
export function verdictOf(
  kind: VerdictKind,
  severity: Severity,
  reasons: readonly Reason[],
  numbers: VerdictNumbers = NO_NUMBERS,
): Verdict {
  return Object.freeze({ kind, severity, reasons: Object.freeze([...reasons]), numbers });
}

const NO_NUMBERS: VerdictNumbers = Object.freeze({
  comparisons: 0,
  mismatches: 0,
  logHarmLimit: 0,
  distinctUsers: 0,
  mismatchedUsers: 0,
  excusedShare: 0,
  cleanComparisonsNeeded: 0,
  cleanUsersNeeded: 0,
});

function numbersOf(look: Look): VerdictNumbers {
  const { plan, evidence } = look;
  const { comparisons, users } = evidence;
  const compared = comparedOf(comparisons);
  const guarded = guardedCounts(comparisons);
  const alpha = plan.confidence.widenAlpha;
  const needs = compares(look);
  return Object.freeze({
    comparisons: compared,
    mismatches: guarded.hits,
    ...(compared > 0 && {
      parity: countOf(comparisons, 'matched') / compared,
      rateBelow: upperBound(guarded, alpha),
      logHarm: logHarm(users, budgetOf(look)),
    }),
    logHarmLimit: -Math.log(parityAlpha(look)),
    distinctUsers: users.distinctUsers,
    mismatchedUsers: users.firstMismatches,
    excusedShare: excusedShare(evidence),
    cleanComparisonsNeeded: needs ? cleanComparisonsNeeded(guarded, plan.parity.eventsBudget, alpha) : 0,
    cleanUsersNeeded: needs ? cleanUsersNeeded(users, budgetOf(look), alpha) : 0,
  });
}

/** Sums that contradict themselves prove nothing, and would make the formulas lie quietly. */
function refuseNonsense({ comparisons, users, delivery }: Evidence): void {
  const counts = [
    ...comparisons.map(({ count }) => count),
    ...Object.values(users as Readonly<Record<keyof UserSums, number>>),
    delivery.stoppedUsers,
  ];
  if (counts.some((count) => !Number.isFinite(count) || count < 0)) {
    throw new Error('The evidence holds a count that is negative or no number. Mend the reader.');
  }
  const { trials, firstMismatches, qualifiedUsers, mismatchedUsers, earlyTrials, earlyMismatches } = users;
  if (firstMismatches > trials || mismatchedUsers > qualifiedUsers || earlyMismatches > earlyTrials) {
    throw new Error('The evidence counts more mismatches than comparisons. Mend the reader.');
  }
}

import type { UserSums } from '../domain/evidence.js';
import { logAdd, logMixture, type Alternative, type Counts } from './mixture.js';

/** How much is let through, and how sure one wants to be. */
export interface ParityBudget {
  /** most mismatches per comparison, above 0 and below 0.5 */
  readonly events: number;
  /** most users, of all, who mismatch within their first ten comparisons; above 0 and below 0.5 */
  readonly users: number;
}

/** Fewer users than this may be broken themselves, all of them. */
export const MIN_HARMED_USERS = 6;
/** Hard harm is so gross that fewer will do. */
export const MIN_HARD_HARMED_USERS = 3;
export const HARD_HARM_FACTOR = 10;
/** In the first comparisons a few broken users are a large share of all that has been seen. */
const MIN_HARD_HARM_TRIALS = 100;

/** What harm looks like: 2, 5 and 10 times the budget. */
export const HARM: readonly Alternative[] = [
  { multiple: 2, weight: 0.6 },
  { multiple: 5, weight: 0.2 },
  { multiple: 10, weight: 0.2 },
];
const EVENT_SHARE = Math.log(0.8);
const USER_SHARE = Math.log(0.2);
/** Earlier, the heavy users have qualified first and mislead about the rest. */
const MIN_QUALIFIED_USERS = 100;

/** What good looks like: from nothing to a bit over half the budget. */
const GOOD_EVENTS: readonly Alternative[] = [
  { multiple: 0, weight: 0.3 },
  { multiple: 0.1, weight: 0.3 },
  { multiple: 0.3, weight: 0.2 },
  { multiple: 0.6, weight: 0.2 },
];
const GOOD_USERS: readonly Alternative[] = [
  { multiple: 0, weight: 0.2 },
  { multiple: 0.25, weight: 0.8 },
];
/** Users are few: that less than twice their budget mismatch is what can be shown in time. */
const USERS_LIMIT_FACTOR = 2;
/** The budget of users is about so many first comparisons of each. */
const FIRST_COMPARISONS = 10;

/** Whether users are being harmed beyond the budget, by evidence and not by the few who may be broken themselves. */
export function isHarm(sums: UserSums, budget: ParityBudget, alpha: number): boolean {
  return sums.firstMismatches >= MIN_HARMED_USERS && logHarm(sums, budget) >= -Math.log(alpha);
}

/** Whether ten times the budget is exceeded. Needs fewer users than harm, but not just a handful of comparisons. */
export function isHardHarm(sums: UserSums, budget: ParityBudget, alpha: number): boolean {
  return (
    sums.firstMismatches >= MIN_HARD_HARMED_USERS &&
    sums.trials >= MIN_HARD_HARM_TRIALS &&
    logHarm(sums, hardBudget(budget)) >= -Math.log(alpha)
  );
}

/** Whether the rate over all comparisons is shown to be below the budget. */
export function isGoodByEvents(counts: Counts, budget: ParityBudget, alpha: number): boolean {
  return logGoodEvents(counts, budget) >= -Math.log(alpha);
}

/** Whether fewer than twice the budget of users are shown to mismatch. */
export function isGoodByUsers(sums: UserSums, budget: ParityBudget, alpha: number): boolean {
  return logGoodUsers(sums, budget) >= -Math.log(alpha);
}

/**
 * Log of the e-value that speaks for harm: `0.8·E1 + 0.2·Eu`. E1 takes each user's comparisons up to and
 * including the first mismatch, so that one user counts for one, and stays a supermartingale for independent
 * users whose rates differ and average at most the budget; Eu takes users as the unit. A weighted mean of
 * e-processes is one itself, which is how the two share one α (Waudby-Smith and Ramdas, "Estimating means of
 * bounded random variables by betting", 2024). At or above `log(1/α)` it is harm, falsely with probability
 * at most α, however often one looks (Lindon, Sanden and Shirikian, "Rapid regression detection in software
 * deployments through sequential testing", 2022, do so for canaries).
 */
export function logHarm(sums: UserSums, budget: ParityBudget): number {
  const events = logMixture(firstMismatches(sums), budget.events, HARM);
  if (sums.qualifiedUsers < MIN_QUALIFIED_USERS) return EVENT_SHARE + events;
  return logAdd(EVENT_SHARE + events, USER_SHARE + logMixture(mismatchedUsers(sums), budget.users, HARM));
}

/** Log of the e-value that speaks for a mismatch rate below the budget, on all comparisons, none retired. */
export function logGoodEvents(counts: Counts, budget: ParityBudget): number {
  return logMixture(counts, budget.events, GOOD_EVENTS);
}

/**
 * Log of the e-value that speaks for less than twice the budget of users. The unit is a user's first ten
 * comparisons up to the first mismatch, and the limit the rate by which ten of them mismatch at twice the budget:
 * so a user of whom six are in says six tenths, where waiting for the tenth would say nothing of those who get
 * little. Users may differ: what is shown is their mean, because the log of what one user adds is concave enough
 * in the user's own rate. It is assumed that a user's rate does not rise from the first comparison to the tenth.
 */
export function logGoodUsers(sums: UserSums, budget: ParityBudget): number {
  return logMixture(earlyMismatches(sums), earlyLimit(budget), GOOD_USERS);
}

/** How many more comparisons, all clean, would show the rate to be below the budget; 0 when it is shown. */
export function cleanComparisonsNeeded(counts: Counts, eventsBudget: number, alpha: number): number {
  return cleanNeeded(counts, eventsBudget, GOOD_EVENTS, alpha);
}

/** How many more users, all clean in their first ten, would show what `logGoodUsers` is about. */
export function cleanUsersNeeded(sums: UserSums, budget: ParityBudget, alpha: number): number {
  const comparisons = cleanNeeded(earlyMismatches(sums), earlyLimit(budget), GOOD_USERS, alpha);
  return Math.ceil(comparisons / FIRST_COMPARISONS);
}

/**
 * The upper end of a confidence sequence for the mismatch rate: with probability 1 − α, the true rate is
 * below it at all looks at once. The set of rates that the good-events mixture has not refused; 1 before
 * the first comparison, and above 0 however many clean ones there are.
 */
export function upperBound(counts: Counts, alpha: number): number {
  const wanted = -Math.log(alpha);
  let low = counts.trials === 0 ? 1 : counts.hits / counts.trials;
  let high = 1;
  for (let i = 0; i < 50 && high - low > 1e-9; i++) {
    const middle = (low + high) / 2;
    if (logMixture(counts, middle, GOOD_EVENTS) >= wanted) high = middle;
    else low = middle;
  }
  return high;
}

function cleanNeeded(
  { hits, trials }: Counts,
  limit: number,
  good: readonly Alternative[],
  alpha: number,
): number {
  const wanted = -Math.log(alpha);
  const shownAfter = (more: number): boolean =>
    logMixture({ hits, trials: trials + more }, limit, good) >= wanted;
  if (shownAfter(0)) return 0;
  let tooFew = 0;
  let enough = 1;
  // Each clean one speaks for good a little: there is always enough. The end is for numbers that are none.
  while (enough < Number.MAX_SAFE_INTEGER && !shownAfter(enough)) [tooFew, enough] = [enough, enough * 2];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (shownAfter(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

function hardBudget({ events, users }: ParityBudget): ParityBudget {
  return { events: Math.min(HARD_HARM_FACTOR * events, 0.5), users: Math.min(HARD_HARM_FACTOR * users, 0.5) };
}

/** The rate of mismatches at which the limit's share of users mismatches within ten. */
function earlyLimit(budget: ParityBudget): number {
  const users = Math.min(USERS_LIMIT_FACTOR * budget.users, 0.99);
  return 1 - Math.pow(1 - users, 1 / FIRST_COMPARISONS);
}

function firstMismatches(sums: UserSums): Counts {
  return { hits: sums.firstMismatches, trials: sums.trials };
}

function earlyMismatches(sums: UserSums): Counts {
  return { hits: sums.earlyMismatches, trials: sums.earlyTrials };
}

function mismatchedUsers(sums: UserSums): Counts {
  return { hits: sums.mismatchedUsers, trials: sums.qualifiedUsers };
}

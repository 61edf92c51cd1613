import { MISMATCH_CLASSES, type MismatchClass } from '../domain/comparison.js';
import type { ComparisonCount, Evidence } from '../domain/evidence.js';
import { isGuarded } from '../domain/objective.js';
import type { Counts } from './mixture.js';

/** How many came out as this class. */
export function countOf(comparisons: readonly ComparisonCount[], outcome: MismatchClass | 'matched'): number {
  let sum = 0;
  for (const one of comparisons) if (one.outcome === outcome) sum += one.count;
  return sum;
}

/** Mismatches of guarded classes among these and the matched: what parity's budget is about. */
export function guardedCounts(comparisons: readonly ComparisonCount[]): Counts {
  let hits = 0;
  for (const outcome of MISMATCH_CLASSES) if (isGuarded(outcome)) hits += countOf(comparisons, outcome);
  return { hits, trials: hits + countOf(comparisons, 'matched') };
}

/** Mismatches of one class among these and the matched. */
export function classCounts(comparisons: readonly ComparisonCount[], outcome: MismatchClass): Counts {
  const hits = countOf(comparisons, outcome);
  return { hits, trials: hits + countOf(comparisons, 'matched') };
}

/** All comparisons of all classes. */
export function comparedOf(comparisons: readonly ComparisonCount[]): number {
  return comparisons.reduce((sum, { count }) => sum + count, 0);
}

/** Share of the comparisons that were excused, of those and the others; 0 where there are none. */
export function excusedShare({ excused, comparisons }: Evidence): number {
  const count = excused.reduce((sum, one) => sum + one.count, 0);
  return shareOf(count, count + comparedOf(comparisons));
}

/** Share of what could have been compared and was sampled out; 0 where there is nothing. */
export function sampledOutShare({ notCompared, comparisons }: Evidence): number {
  let count = 0;
  for (const one of notCompared) if (one.reason === 'sampled_out') count += one.count;
  return shareOf(count, count + comparedOf(comparisons));
}

/** The types of which anything has been compared. */
export function typesSeen(comparisons: readonly ComparisonCount[]): ReadonlySet<string> {
  return new Set(comparisons.filter(({ count }) => count > 0).map(({ type }) => type));
}

/** A share, 0 where there is nothing to share. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

import { spreadOf } from './figures.js';

/** One line of the table: what was measured, beside what, and one figure for each round. */
export interface Row {
  readonly name: string;
  readonly what: string;
  readonly beside: string;
  readonly unit: '×' | 'ms' | 'µs' | 'B';
  /** what is to be reached; undefined: told for comparison only */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
  readonly rounds: readonly number[];
  /** what a reader must know beside the figure, the absolute figures for instance */
  readonly note?: string;
}

export function isReached({ goal, rounds }: Row): boolean | undefined {
  if (goal === undefined) return undefined;
  const { median } = spreadOf(rounds);
  return 'atMost' in goal ? median <= goal.atMost : median >= goal.atLeast;
}

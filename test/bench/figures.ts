/** The middle of some figures, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws where there is nothing to take the middle of */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  if (least === undefined || most === undefined || low === undefined || high === undefined)
    throw new Error('No round was measured: give --rounds 1 or more.');
  return { median: (low + high) / 2, least, most };
}

/** The figure below which this share of all lies; sorts what it is given. */
export function percentile(figures: Float64Array, share: number): number {
  figures.sort();
  return figures[Math.min(figures.length - 1, Math.floor(figures.length * share))] ?? 0;
}

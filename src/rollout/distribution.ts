import type { Distribution } from '../domain/evidence.js';
import type { Counts } from './mixture.js';

/** Of how many values it is certain that they were above the limit, which may lie between two bounds. */
export function surelyAbove({ count, boundsMs, atMost }: Distribution, limitMs: number): Counts {
  const next = boundsMs.findIndex((bound) => bound >= limitMs);
  return { hits: next === -1 ? 0 : Math.max(0, count - (atMost[next] ?? count)), trials: count };
}

/** How many values may have been above the limit. */
export function possiblyAbove({ count, boundsMs, atMost }: Distribution, limitMs: number): Counts {
  const last = boundsMs.findLastIndex((bound) => bound <= limitMs);
  return { hits: last === -1 ? count : Math.max(0, count - (atMost[last] ?? 0)), trials: count };
}

/** A bound that at least this share of the values kept; undefined where none is known to. `share` 0 to 1. */
export function boundKeptBy({ count, boundsMs, atMost }: Distribution, share: number): number | undefined {
  if (count === 0) return undefined;
  return boundsMs.find((_, i) => (atMost[i] ?? 0) >= share * count);
}

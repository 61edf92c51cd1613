/**
 * How long to wait before trying again after `failures` (from 1) in a row: doubled each time up to `maxMs`,
 * between half of that and all of it, so that many who failed together do not come back together.
 */
export function backoffMs(failures: number, random: () => number, baseMs = 500, maxMs = 30_000): number {
  const fullMs = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return fullMs * (0.5 + random() / 2);
}

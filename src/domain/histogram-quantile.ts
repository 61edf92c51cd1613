/** How many observations were at most `upTo`. */
export interface HistogramBucket {
  readonly upTo: number;
  readonly count: number;
}

/**
 * The value below which a share of the observations lie (`quantile` 0 to 1), linear within its bucket, as
 * Prometheus does it. In the lowest or the highest bucket, which have no end, its one bound. Undefined where
 * nothing was observed. Bounds may be below zero.
 */
export function histogramQuantile(quantile: number, buckets: readonly HistogramBucket[]): number | undefined {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const rank = quantile * total;
  const index = buckets.findIndex(({ count }) => count >= rank && count > 0);
  const bucket = buckets[index];
  const below = buckets[index - 1];
  if (bucket === undefined) return undefined;
  if (below === undefined) return bucket.upTo;
  if (bucket.upTo === Infinity) return below.upTo;
  const share = (rank - below.count) / (bucket.count - below.count);
  return below.upTo + (bucket.upTo - below.upTo) * Math.max(0, share);
}

/** What was observed between two scrapes; all of the later one where the counts began anew in between. */
export function bucketsSince(
  earlier: readonly HistogramBucket[],
  later: readonly HistogramBucket[],
): readonly HistogramBucket[] {
  const before = new Map(earlier.map(({ upTo, count }) => [upTo, count]));
  const between = later.map(({ upTo, count }) => ({ upTo, count: count - (before.get(upTo) ?? 0) }));
  return between.some(({ count }) => count < 0) ? later : between;
}

import type { MetricsRegistry } from '../../index.js';

/** One sample of the registry. */
interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string;
}

/** One scrape of a registry, as numbers. */
export class MetricReading {
  private constructor(private readonly samples: ReadonlyMap<string, readonly Sample[]>) {}

  static async of(registry: MetricsRegistry): Promise<MetricReading> {
    const metrics = await registry.getMetricsAsJSON();
    // The registry counts on in the objects that it hands out.
    const copies = metrics.map(({ name, values }) => [name, values.map((each) => ({ ...each }))] as const);
    return new MetricReading(new Map(copies as (readonly [string, Sample[]])[]));
  }

  /** The sum over all samples that carry these labels; 0 where there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.matching(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** The sums by the values of one label, only those above 0. */
  by(name: string, label: string): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { value, labels } of this.samples.get(name) ?? []) {
      const key = String(labels[label]);
      if (value > 0) sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return sums;
  }

  /** A quantile of a histogram over all its labels, interpolated inside the bucket; undefined while it is empty. */
  quantile(name: string, q: number): number | undefined {
    const buckets = new Map<number, number>();
    for (const { value, labels, metricName } of this.samples.get(name) ?? []) {
      if (metricName !== `${name}_bucket`) continue;
      const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
      buckets.set(bound, (buckets.get(bound) ?? 0) + value);
    }
    return interpolate(
      [...buckets].sort(([a], [b]) => a - b),
      q,
    );
  }

  private matching(name: string, wanted: Readonly<Record<string, string>>): Sample[] {
    return (this.samples.get(name) ?? []).filter(({ labels }) =>
      Object.entries(wanted).every(([label, value]) => labels[label] === value),
    );
  }
}

function interpolate(
  buckets: readonly (readonly [bound: number, upTo: number])[],
  q: number,
): number | undefined {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total === 0) return undefined;
  const rank = q * total;
  let below: readonly [number, number] = [-Infinity, 0];
  for (const bucket of buckets) {
    if (bucket[1] >= rank) {
      const [low, high] = [below[0], bucket[0]];
      if (!Number.isFinite(low)) return high;
      if (!Number.isFinite(high)) return low;
      return low + ((high - low) * (rank - below[1])) / Math.max(1, bucket[1] - below[1]);
    }
    below = bucket;
  }
  return undefined;
}

import type { Registry } from 'prom-client';
import { Histogram } from './prom-client.js';
import type { CatalogueEntry } from './catalogue.js';

interface Series {
  readonly value: string;
  /** one count for each bucket, not cumulated; the last is `+Inf` */
  readonly counts: Float64Array;
  sum: number;
}

/** How prom-client wants a histogram at a scrape. */
type Exposition = Awaited<ReturnType<Histogram['get']>>;

/**
 * A histogram of one closed label for a hot path: observing adds to plain numbers. A label value shows from
 * its first observation on. prom-client has no way to hand over a whole bucket, so what it reads is made here.
 */
export class TalliedHistogram extends Histogram {
  private readonly entry: CatalogueEntry;
  private readonly label: string;
  private readonly bounds: Float64Array;
  // Undefined while prom-client's constructor runs, which resets before there is anything to reset.
  private readonly series: ReadonlyMap<string, Series> | undefined;

  constructor(entry: CatalogueEntry, registry: Registry) {
    const [label = '', values = []] = Object.entries(entry.labels)[0] ?? [];
    const bounds = entry.buckets ?? [];
    super({
      name: entry.name,
      help: entry.help,
      labelNames: [label],
      buckets: [...bounds],
      registers: [registry],
    });
    this.entry = entry;
    this.label = label;
    this.bounds = Float64Array.from(bounds);
    this.series = new Map(
      values.map((value) => [value, { value, counts: new Float64Array(bounds.length + 1), sum: 0 }]),
    );
  }

  /** Counts one value, or says false where the label value is not of the closed list or it is no number. Never throws. */
  add(labelValue: string, value: number): boolean {
    const series = this.series?.get(labelValue);
    if (series === undefined || !Number.isFinite(value)) return false;
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
    return true;
  }

  override reset(): void {
    for (const series of this.series?.values() ?? []) {
      series.counts.fill(0);
      series.sum = 0;
    }
  }

  override get(): Promise<Exposition> {
    const values = [...(this.series?.values() ?? [])].flatMap((series) => this.linesOf(series));
    // The typings call the type a number; what prom-client itself writes there is the word.
    return Promise.resolve({
      name: this.entry.name,
      help: this.entry.help,
      type: 'histogram',
      aggregator: 'sum',
      values,
    } as unknown as Exposition);
  }

  /** What prom-client asks for instead of `get` when it writes text. */
  getForPromString(): Promise<Exposition> {
    return this.get();
  }

  private linesOf({ value, counts, sum }: Series): Exposition['values'] {
    const { name } = this.entry;
    const labels = { [this.label]: value };
    let total = 0;
    const buckets = Array.from(counts, (count, index) => {
      total += count;
      return {
        metricName: `${name}_bucket`,
        labels: { ...labels, le: this.bounds[index] ?? '+Inf' },
        value: total,
      };
    });
    if (total === 0) return [];
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  }
}

import type { Registry } from 'prom-client';
import { COMPARISON_CLASSES, type ComparisonClass } from '../domain/comparison.js';
import type { HistogramBucket } from '../domain/histogram-quantile.js';
import { SOURCES, type Source } from '../domain/source.js';
import { CATALOGUE } from './catalogue.js';

/** What one process has counted since it began, of what a person watches. */
export interface LiveSums {
  readonly comparisons: Readonly<Record<ComparisonClass, number>>;
  readonly excused: number;
  readonly delivered: Readonly<Record<Source, number>>;
  /** messages that name another user than their channel, and messages that are no envelope; nobody got them */
  readonly misrouted: number;
  readonly unreadable: number;
  /** seconds, cumulative, by upper bound ascending */
  readonly lag: readonly HistogramBucket[];
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

/** Reads six metrics and leaves all others of the registry alone, so that a large one costs nothing. */
export async function liveSums(registry: Registry): Promise<LiveSums> {
  const { compared: compares, excused: excuses, delivered: delivers, lag: lags } = CATALOGUE;
  const [compared, excused, delivered, lag, misrouted, unreadable] = await Promise.all(
    [compares, excuses, delivers, lags, CATALOGUE.misrouted, CATALOGUE.unreadable].map(({ name }) =>
      valuesOf(registry, name),
    ),
  );
  return {
    comparisons: sumsBy(compared, 'class', COMPARISON_CLASSES),
    excused: sumOf(excused),
    delivered: sumsBy(delivered, 'source', SOURCES),
    misrouted: sumOf(misrouted),
    unreadable: sumOf(unreadable),
    lag: bucketsOf(lag),
  };
}

async function valuesOf(registry: Registry, name: string): Promise<readonly Value[]> {
  const metric = registry.getSingleMetric(name) as { get(): Promise<{ values: Value[] }> } | undefined;
  return (await metric?.get())?.values ?? [];
}

function sumOf(values: readonly Value[] = []): number {
  return values.reduce((sum, { value }) => sum + value, 0);
}

function sumsBy<K extends string>(
  values: readonly Value[] | undefined,
  label: string,
  keys: readonly K[],
): Record<K, number> {
  const sums = Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
  for (const { labels, value } of values ?? []) {
    const key = keys.find((each) => each === labels[label]);
    if (key !== undefined) sums[key] += value;
  }
  return sums;
}

function bucketsOf(values: readonly Value[] | undefined): readonly HistogramBucket[] {
  const counts = new Map<number, number>();
  for (const { metricName = '', labels, value } of values ?? []) {
    if (!metricName.endsWith('_bucket')) continue;
    const upTo = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    counts.set(upTo, (counts.get(upTo) ?? 0) + value);
  }
  return [...counts].map(([upTo, count]) => ({ upTo, count })).sort((a, b) => a.upTo - b.upTo);
}

import { bucketsSince, histogramQuantile } from '../../tools.js';
import type { MetricSamples } from './metric-samples.js';

export const USER_STAGES = ['legacy', 'shadow', 'live', 'complete'] as const;
export const MISMATCHES = [
  'missing_in_redis',
  'missing_in_legacy',
  'different',
  'duplicate',
  'reordered',
] as const;

/** What one second of the demo looks like, in numbers. */
export interface DemoReading {
  readonly users: Readonly<Record<(typeof USER_STAGES)[number], number>>;
  /** delivered since the start, and per second since the earlier scrape, by source */
  readonly delivered: Readonly<
    Record<'legacy' | 'redis', { readonly total: number; readonly perSecond: number }>
  >;
  /** since the start */
  readonly matched: number;
  readonly mismatched: Readonly<Record<(typeof MISMATCHES)[number], number>>;
  readonly excused: number;
  /** matched over matched and mismatched, 0 to 1; undefined while nothing was compared */
  readonly parity: number | undefined;
  /** seconds, signed; undefined where nothing was observed */
  readonly lagP50: number | undefined;
  readonly lagP99: number | undefined;
}

/** A scrape, and when it was taken. */
export interface Scrape {
  readonly samples: MetricSamples;
  /** monotonic */
  readonly atMs: number;
}

const NAMES = {
  users: 'crossfade_users',
  delivered: 'crossfade_events_delivered_total',
  comparisons: 'crossfade_comparisons_total',
  excused: 'crossfade_excused_total',
  lag: 'crossfade_lag_seconds',
} as const;

/**
 * Reads a scrape. Rates are since `before`, lags since `lagsSince` (an older one, so that a quiet second does
 * not leave them empty); without those, since the start.
 */
export function readScrape(now: Scrape, before?: Scrape, lagsSince?: Scrape): DemoReading {
  const { samples } = now;
  const users = samples.sumBy(NAMES.users, 'stage');
  const classes = samples.sumBy(NAMES.comparisons, 'class');
  const lags = bucketsSince(lagsSince?.samples.buckets(NAMES.lag) ?? [], samples.buckets(NAMES.lag));
  const matched = classes.get('matched') ?? 0;
  const mismatched = fromEach(MISMATCHES, (each) => classes.get(each) ?? 0);
  const compared = matched + sum(Object.values(mismatched));
  return {
    users: fromEach(USER_STAGES, (stage) => users.get(stage) ?? 0),
    delivered: fromEach(['legacy', 'redis'] as const, (source) => delivered(source, now, before)),
    matched,
    mismatched,
    excused: sum([...samples.sumBy(NAMES.excused, 'reason').values()]),
    parity: compared === 0 ? undefined : matched / compared,
    lagP50: histogramQuantile(0.5, lags),
    lagP99: histogramQuantile(0.99, lags),
  };
}

function delivered(source: string, now: Scrape, before: Scrape | undefined) {
  const total = now.samples.sumBy(NAMES.delivered, 'source').get(source) ?? 0;
  const earlier = before?.samples.sumBy(NAMES.delivered, 'source').get(source) ?? 0;
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1000;
  // A backend that was restarted counts from nothing again.
  const since = total < earlier ? total : total - earlier;
  return { total, perSecond: seconds <= 0 ? 0 : since / seconds };
}

function fromEach<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import { ALL_METRICS, type Metric } from '../../ops/reference/metric.js';
import type { Selector } from './promql.js';

/** What Prometheus itself and prom-client say, as far as it is used. */
const OTHERS: readonly string[] = [
  'up',
  'ALERTS',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'nodejs_heap_size_used_bytes',
  'nodejs_eventloop_lag_p99_seconds',
];
const SUFFIXES = /_(bucket|count|sum)$/;
const OF_EVERY_TARGET = ['job', 'instance'];

/** The metric that a series belongs to; undefined where there is none of ours. */
export function metricOf(series: string): Metric | undefined {
  return ALL_METRICS.find(
    ({ name, type }) => name === (type === 'histogram' ? series.replace(SUFFIXES, '') : series),
  );
}

/** What is wrong with a selector: a series that nobody says, a label it does not have, a value it never takes. */
export function problemsOf({ metric, matchers }: Selector, recorded: readonly string[] = []): string[] {
  if (OTHERS.includes(metric) || recorded.includes(metric)) return [];
  const known = metricOf(metric);
  if (known === undefined) return [`There is no ${metric}.`];
  if (known.type === 'histogram' && !SUFFIXES.test(metric))
    return [`${metric} is a histogram: say which part.`];
  return matchers.flatMap(({ label, operator, value }) => {
    if (OF_EVERY_TARGET.includes(label) || (label === 'le' && metric.endsWith('_bucket'))) return [];
    const values = known.labels[label];
    if (values === undefined) return [`${metric} has no label ${label}.`];
    // A regular expression without anything but alternatives is a list.
    const named = operator.includes('~') && /^[\w.|]+$/.test(value) ? value.split('|') : [value];
    if (operator.includes('~') && /[*+]/.test(value)) return [];
    return named.filter((one) => !values.includes(one)).map((one) => `${metric} has no ${label}="${one}".`);
  });
}

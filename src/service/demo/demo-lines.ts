import type { MetricReading } from './metric-reading.js';

const COLUMNS: readonly (readonly [title: string, width: number])[] = [
  ['time', 6],
  ['legacy', 7],
  ['shadow', 7],
  ['live', 6],
  ['complete', 9],
  ['ev/s legacy', 12],
  ['ev/s redis', 11],
  ['matched', 9],
  ['mismatched', 11],
  ['excused', 8],
  ['parity', 9],
  ['lag p50', 9],
  ['lag p99', 9],
];

/** The names of the columns, as wide as what stands below them. */
export function headerLine(): string {
  return COLUMNS.map(([title, width]) => title.padStart(width)).join(' ');
}

/** One second of the demo: users by stage, events per second by source, comparisons, parity and lag. */
export function secondLine(seconds: number, now: MetricReading, before: MetricReading | undefined): string {
  const perSecond = (source: string): number =>
    delivered(now, source) - (before === undefined ? 0 : delivered(before, source));
  const { matched, mismatched } = comparisons(now);
  const cells = [
    `${seconds}s`,
    ...['legacy', 'shadow', 'live', 'complete'].map((stage) => String(now.sum('crossfade_users', { stage }))),
    String(perSecond('legacy')),
    String(perSecond('redis')),
    String(matched),
    String(mismatched),
    String(now.sum('crossfade_excused_total')),
    percentText(parity(now)),
    millisText(now.quantile('crossfade_lag_seconds', 0.5)),
    millisText(now.quantile('crossfade_lag_seconds', 0.99)),
  ];
  return cells.map((cell, index) => cell.padStart(COLUMNS[index]?.[1] ?? 0)).join(' ');
}

/** matched ÷ (matched + mismatched); undefined before the first comparison. */
export function parity(reading: MetricReading): number | undefined {
  const { matched, mismatched } = comparisons(reading);
  return matched + mismatched === 0 ? undefined : matched / (matched + mismatched);
}

/** Events that users got from a source. */
export function delivered(reading: MetricReading, source: string): number {
  return reading.sum('crossfade_events_delivered_total', { source });
}

/** What came out of it all, with the comparisons by class. */
export function summaryLines(reading: MetricReading): string[] {
  const classes = [...reading.by('crossfade_comparisons_total', 'class')].map(
    ([name, count]) => `${name} ${count}`,
  );
  const excused = [...reading.by('crossfade_excused_total', 'reason')].map(
    ([name, count]) => `${name} ${count}`,
  );
  return [
    `delivered    legacy ${delivered(reading, 'legacy')}, redis ${delivered(reading, 'redis')}`,
    `comparisons  ${classes.join(', ') || 'none'}`,
    `excused      ${excused.join(', ') || 'none'}`,
    `parity       ${percentText(parity(reading))}`,
  ];
}

function comparisons(reading: MetricReading): { matched: number; mismatched: number } {
  const matched = reading.sum('crossfade_comparisons_total', { class: 'matched' });
  return { matched, mismatched: reading.sum('crossfade_comparisons_total') - matched };
}

function percentText(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(2)} %`;
}

function millisText(seconds: number | undefined): string {
  return seconds === undefined ? '–' : `${(seconds * 1_000).toFixed(0)} ms`;
}

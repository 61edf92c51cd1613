import type { InstrumentOperation, ResyncResult } from '../contracts/recorder.js';
import type { Distribution, TransportSums } from '../domain/evidence.js';
import type { Source } from '../domain/source.js';
import { CATALOGUE } from './catalogue.js';
import type { FleetBook, TrackedSeries } from './fleet-book.js';

const FLAGS_UNREAD: Readonly<Record<'operation', InstrumentOperation>> = { operation: 'read_flags' };

/** How things travelled after a moment, over all replicas. */
export function transportSums(book: FleetBook, fromMs: number): TransportSums {
  const sum = (name: string, where: Readonly<Record<string, string>> = {}): number =>
    matching(book.of(name), where).reduce((all, { track }) => all + track.since(fromMs), 0);
  const ages = (source: Source): Distribution =>
    distribution(matching(book.of(`${CATALOGUE.deliveryAge.name}_bucket`), { source }), fromMs);
  const redis = { source: 'redis' };
  const resyncs = (result: ResyncResult): number => sum(CATALOGUE.resyncs.name, { result });
  const failedResyncs = resyncs('failed') + resyncs('timed_out');
  return {
    lag: distribution(book.of(`${CATALOGUE.lag.name}_bucket`), fromMs),
    age: { legacy: ages('legacy'), redis: ages('redis') },
    userMs: ['shadow', 'live', 'complete']
      .map((stage) => sum(CATALOGUE.users.name, { stage }))
      .reduce((a, b) => a + b, 0),
    gaps: {
      count: sum(CATALOGUE.gaps.name, redis),
      totalMs: sum(CATALOGUE.gapSeconds.name, redis) * 1000,
    },
    resyncs: { asked: resyncs('answered') + failedResyncs, failed: failedResyncs },
    // Flags that cannot be read have a measure of their own, their age; what is compared meanwhile is compared well.
    instrumentFailures: sum(CATALOGUE.failures.name) - sum(CATALOGUE.failures.name, FLAGS_UNREAD),
    selfTest: {
      agreed: sum(CATALOGUE.selfTest.name, { outcome: 'agreed' }),
      disagreed: sum(CATALOGUE.selfTest.name, { outcome: 'disagreed' }),
    },
  };
}

function matching(series: TrackedSeries[], where: Readonly<Record<string, string>>): TrackedSeries[] {
  return series.filter(({ labels }) => Object.entries(where).every(([key, value]) => labels[key] === value));
}

/** Buckets in milliseconds; the last one, without a bound, is the count. */
function distribution(buckets: readonly TrackedSeries[], fromMs: number): Distribution {
  const counts = new Map<number, number>();
  for (const { labels, track } of buckets) {
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']) * 1000;
    if (!Number.isNaN(bound)) counts.set(bound, (counts.get(bound) ?? 0) + track.since(fromMs));
  }
  const boundsMs = [...counts.keys()].filter(Number.isFinite).sort((a, b) => a - b);
  const count = counts.get(Infinity) ?? 0;
  return { count, boundsMs, atMost: boundsMs.map((bound) => counts.get(bound) ?? 0) };
}

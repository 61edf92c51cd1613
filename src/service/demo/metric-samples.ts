import type { HistogramBucket } from '../../tools.js';

/** One line of a Prometheus exposition: a name, its labels, a value. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** A scrape of a Prometheus text exposition, to be asked for sums. Lines that it cannot read are left out. */
export class MetricSamples {
  private readonly byName = new Map<string, MetricSample[]>();

  constructor(exposition: string) {
    for (const line of exposition.split('\n')) {
      const sample = sampleOf(line);
      if (sample === undefined) continue;
      const those = this.byName.get(sample.name);
      if (those === undefined) this.byName.set(sample.name, [sample]);
      else those.push(sample);
    }
  }

  /** All samples of a name, in their order. */
  of(name: string): readonly MetricSample[] {
    return this.byName.get(name) ?? [];
  }

  /** The sum over every sample of a name, by the values of one label; what has no such label counts as `""`. */
  sumBy(name: string, label: string): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const { labels, value } of this.of(name)) {
      const key = labels[label] ?? '';
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return sums;
  }

  /** Cumulative counts of a histogram's buckets, by upper bound ascending, over all its other labels. */
  buckets(name: string): readonly HistogramBucket[] {
    return [...this.sumBy(`${name}_bucket`, 'le')]
      .map(([le, count]) => ({ upTo: numberOf(le), count }))
      .sort((a, b) => a.upTo - b.upTo);
  }
}

function sampleOf(line: string): MetricSample | undefined {
  if (line.startsWith('#')) return undefined;
  const [, name, labelText = '', valueText = ''] = SAMPLE.exec(line) ?? [];
  const value = numberOf(valueText);
  if (name === undefined || Number.isNaN(value)) return undefined;
  const labels: Record<string, string> = {};
  for (const [, label = '', text = ''] of labelText.matchAll(LABEL)) labels[label] = unescaped(text);
  return { name, labels, value };
}

function numberOf(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text === '' ? NaN : text);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

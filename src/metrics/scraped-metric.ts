import type { Registry } from 'prom-client';
import { Counter, Gauge } from './prom-client.js';
import type { CatalogueEntry } from './catalogue.js';

/** One line of a scrape; a value that is not known leaves the line out. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

/** The one line of a metric without labels. */
export function plain(value: number | undefined): readonly Reading[] {
  return [{ labels: {}, value }];
}

/** Puts a metric into `registry` that is read at each scrape, and kept nowhere. `failed` is told of what throws. */
export function registerScraped(
  registry: Registry,
  { name, type, help, labels }: CatalogueEntry,
  read: () => readonly Reading[],
  failed: (error: unknown) => void,
): void {
  const labelNames = Object.keys(labels);
  const collect = (metric: Counter | Gauge): void => {
    metric.reset();
    // A metric without labels is reset to 0, which would be a lie where nothing is known.
    if (labelNames.length === 0) metric.remove();
    try {
      for (const { labels, value } of read()) if (value !== undefined) metric.inc(labels, value);
    } catch (error) {
      failed(error);
    }
  };
  const Metric = type === 'counter' ? Counter : Gauge;
  new Metric({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      collect(this);
    },
  });
}

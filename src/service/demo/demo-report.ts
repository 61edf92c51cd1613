import { readScrape, type DemoReading, type Scrape } from './demo-reading.js';
import type { CountedMismatches } from './demo-summary.js';
import { tableHeader, tableLine } from './demo-table.js';
import { MetricSamples } from './metric-samples.js';

export interface DemoReportOptions {
  /** when the demo began, by the same monotonic clock as the scrapes */
  readonly startMs: number;
  /** only where a person looks on: a terminal that has colours */
  readonly colours: boolean;
}

const HEADER_EVERY = 20;
const LAG_SCRAPES = 10;

/** What the demo prints: one line a scrape, and the header now and then. */
export class DemoReport {
  private readonly scrapes: Scrape[] = [];
  private lines = 0;

  constructor(private readonly options: DemoReportOptions) {}

  /** The lines for one scrape of the backend's `/metrics`. Lags are those of the last ten scrapes. */
  lineFor(exposition: string, atMs: number): string[] {
    const { startMs, colours } = this.options;
    const now: Scrape = { samples: new MetricSamples(exposition), atMs };
    const reading = readScrape(now, this.scrapes.at(-1), this.scrapes[0]);
    this.scrapes.push(now);
    if (this.scrapes.length > LAG_SCRAPES) this.scrapes.shift();
    const header = this.lines % HEADER_EVERY === 0 ? tableHeader(colours) : [];
    this.lines++;
    return [...header, tableLine(atMs - startMs, reading, colours)];
  }

  /** Everything since the start, by a last scrape. */
  end(exposition: string, atMs: number): DemoTotals {
    const samples = new MetricSamples(exposition);
    return {
      reading: readScrape({ samples, atMs }),
      counted: samples.of('crossfade_comparisons_total').map(({ labels, value }) => ({
        class: labels['class'] ?? '',
        type: labels['type'] ?? '',
        count: value,
      })),
      elapsedMs: atMs - this.options.startMs,
    };
  }
}

/** What the demo came to, by the backend's own metrics. */
export interface DemoTotals {
  readonly reading: DemoReading;
  /** comparisons by class and type, `matched` included */
  readonly counted: readonly CountedMismatches[];
  readonly elapsedMs: number;
}

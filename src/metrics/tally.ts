import type { Registry } from 'prom-client';
import { Counter } from './prom-client.js';
import type { CatalogueEntry } from './catalogue.js';

interface Cell {
  readonly labels: Readonly<Record<string, string>>;
  pending: number;
}

/**
 * A counter for a hot path: counting adds to a plain number, and a scrape hands the numbers over. Every
 * combination of its closed label values stands at 0 from the start, so that a first event is seen as a rise.
 */
export class Tally {
  private readonly cells = new Map<string, Map<string, Cell>>();

  constructor(entry: CatalogueEntry, registry: Registry) {
    const [first = NO_LABEL, second = NO_LABEL] = Object.entries(entry.labels);
    for (const a of first[1]) {
      const row = new Map<string, Cell>();
      for (const b of second[1]) row.set(b, { labels: labelsOf([first[0], a], [second[0], b]), pending: 0 });
      this.cells.set(a, row);
    }
    const flush = (counter: Counter): void => {
      this.flush(counter);
    };
    new Counter({
      name: entry.name,
      help: entry.help,
      labelNames: Object.keys(entry.labels),
      registers: [registry],
      collect() {
        flush(this);
      },
    });
  }

  /** Adds, or says false where a label value is not of the closed list or the amount is no amount. Never throws. */
  add(first: string, second = '', amount = 1): boolean {
    const cell = this.cells.get(first)?.get(second);
    if (cell === undefined || !(amount >= 0 && amount < Infinity)) return false;
    cell.pending += amount;
    return true;
  }

  private flush(counter: Counter): void {
    for (const row of this.cells.values())
      for (const cell of row.values()) {
        counter.inc(cell.labels, cell.pending);
        cell.pending = 0;
      }
  }
}

const NO_LABEL: [string, readonly string[]] = ['', ['']];

function labelsOf(...pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

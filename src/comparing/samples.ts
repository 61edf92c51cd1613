import type { PathCount, Sample } from '../contracts/comparison-evidence.js';
import { typeLabel } from '../domain/event-type.js';

const MOST_PATHS = 1_000;
const OTHER_PATHS = '(others)';

/** The last mismatches of each class and type, and the paths that differed most often. */
export class Samples {
  private readonly byKind = new Map<string, Sample[]>();
  private readonly counts = new Map<string, { type: string; path: string; count: number }>();

  constructor(private readonly perKind: number) {}

  add(sample: Sample): void {
    for (const path of sample.fields) this.count(sample.type, path);
    if (this.perKind === 0) return;
    const kind = `${sample.outcome} ${typeLabel(sample.type)}`;
    const kept = this.byKind.get(kind);
    if (kept === undefined) this.byKind.set(kind, [sample]);
    else if (kept.push(sample) > this.perKind) kept.shift();
  }

  newestFirst(): Sample[] {
    return [...this.byKind.values()].flat().sort((a, b) => b.atMs - a.atMs);
  }

  paths(limit: number): PathCount[] {
    return [...this.counts.values()].sort((a, b) => b.count - a.count).slice(0, limit);
  }

  private count(type: string, path: string): void {
    const label = typeLabel(type);
    const full = this.counts.size >= MOST_PATHS && !this.counts.has(`${label} ${path}`);
    const named = full ? OTHER_PATHS : path;
    const key = `${label} ${named}`;
    const counted = this.counts.get(key);
    if (counted === undefined) this.counts.set(key, { type: label, path: named, count: 1 });
    else counted.count++;
  }
}

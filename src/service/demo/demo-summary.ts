import type { DemoReading } from './demo-reading.js';
import { milliseconds, percent, whole } from './demo-table.js';

/** A number of things by class and type. */
export interface CountedMismatches {
  readonly class: string;
  readonly type: string;
  readonly count: number;
}

export interface DemoOutcome {
  /** everything since the start */
  readonly reading: DemoReading;
  /** what the comparison counted, `matched` included or not */
  readonly counted: readonly CountedMismatches[];
  /** what the simulator planted, by the same names */
  readonly planted: readonly CountedMismatches[];
  /** faults that the simulator carried out; those that no comparison can see are in it too */
  readonly faults: readonly { readonly fault: string; readonly type: string; readonly count: number }[];
  readonly elapsedMs: number;
}

/** One row of what was planted against what was counted. */
export interface PlantedAgainstCounted {
  readonly class: string;
  readonly type: string;
  readonly planted: number;
  readonly counted: number;
}

/** Every class and type that was planted or counted as a mismatch, sorted. */
export function plantedAgainstCounted({ planted, counted }: DemoOutcome): PlantedAgainstCounted[] {
  const rows = new Map<string, PlantedAgainstCounted>();
  const add = ({ class: mismatch, type, count }: CountedMismatches, column: 'planted' | 'counted') => {
    if (mismatch === 'matched' || count === 0) return;
    const key = `${mismatch} ${type}`;
    const row = rows.get(key) ?? { class: mismatch, type, planted: 0, counted: 0 };
    rows.set(key, { ...row, [column]: row[column] + count });
  };
  for (const each of planted) add(each, 'planted');
  for (const each of counted) add(each, 'counted');
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** The end of the demo, for a person. */
export function demoSummary(outcome: DemoOutcome): string[] {
  const { reading, faults, elapsedMs } = outcome;
  const { delivered, parity, matched, mismatched, excused, lagP50, lagP99 } = reading;
  const wrong = Object.values(mismatched).reduce((sum, count) => sum + count, 0);
  const lines = [
    '',
    `After ${(elapsedMs / 1000).toFixed(0)} s`,
    `  delivered   ${whole(delivered.legacy.total)} events from legacy, ${whole(delivered.redis.total)} from redis`,
    parity === undefined
      ? '  parity      nothing was compared'
      : `  parity      ${percent(parity)} % (${whole(matched)} matched, ${whole(wrong)} mismatched, ${whole(excused)} excused)`,
    `  lag         p50 ${milliseconds(lagP50)} ms, p99 ${milliseconds(lagP99)} ms (redis after legacy)`,
  ];
  if (faults.length > 0) {
    const done = faults.map(({ fault, type, count }) => `${fault} ${type} ×${whole(count)}`);
    lines.push(`  faults      ${done.join(', ')}`);
  }
  const rows = plantedAgainstCounted(outcome);
  if (rows.length > 0) {
    lines.push(`  ${'mismatches'.padEnd(36)}${'planted'.padStart(9)}${'counted'.padStart(9)}`);
    for (const { class: mismatch, type, planted, counted } of rows) {
      const name = `${mismatch} ${type}`.padEnd(34);
      lines.push(`    ${name}${whole(planted).padStart(9)}${whole(counted).padStart(9)}`);
    }
  }
  return lines;
}

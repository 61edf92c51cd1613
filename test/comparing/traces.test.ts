import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compareTrace } from '../../src/comparing/trace-comparison.js';
import type { TraceMismatch } from '../../src/comparing/trace-report.js';

interface Expected {
  readonly mismatches: readonly Partial<TraceMismatch>[];
  readonly excusedAtLeast: Readonly<Record<string, number>>;
  readonly unreadable: number;
  readonly misrouted: number;
  readonly matchedAtLeast: number;
}

const folder = new URL('../traces/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.expected.json'))
  .map((name) => name.replace('.expected.json', ''));
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const identity = ({ class: outcome, uid, type, key }: Partial<TraceMismatch>): string =>
  [outcome, uid, type, key ?? ''].join(' ');

describe('given a labelled recording', () => {
  it.each(names)('says of %s what is true of it', (name) => {
    const expected = JSON.parse(read(`${name}.expected.json`)) as Expected;
    const { report, broken } = compareTrace(read(`${name}.jsonl`).split('\n'));
    expect(broken).toEqual([]);
    expect(report.mismatches.map(identity).sort()).toEqual(expected.mismatches.map(identity).sort());
    for (const { fields = [], ...rest } of expected.mismatches) {
      const found = report.mismatches.find((each) => identity(each) === identity(rest));
      expect(found?.fields).toEqual(expect.arrayContaining([...fields]));
    }
    for (const [reason, least] of Object.entries(expected.excusedAtLeast))
      expect(report.excused[reason]).toBeGreaterThanOrEqual(least);
    expect(report.matched).toBeGreaterThanOrEqual(expected.matchedAtLeast);
    expect(report).toMatchObject({ unreadable: expected.unreadable, misrouted: expected.misrouted });
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CellResult } from './cell.js';
import { simulate, tableOf, type Row } from './table.js';

/**
 * The judge on simulated fleets. `npm test` makes 40 runs a cell, `npm run test:long` 2,000 and holds the
 * table in the docs against them, `npm run simulate` writes that table.
 */
const LONG = process.env['CROSSFADE_LONG'] !== undefined;
const WRITE = process.env['CROSSFADE_SIMULATE'] === 'write';
const RUNS = LONG ? 2000 : 40;
const DOC = new URL('../../docs/judge.md', import.meta.url);
const TABLE = /(<!-- simulate -->\n\n)[^<]*(\n\n<!-- \/simulate -->)/;

/** In few runs a share may miss its bound by chance: three standard errors and one run are forgiven. */
const slack = (share: number): number => (LONG ? 0 : 3 * Math.sqrt((share * (1 - share)) / RUNS) + 1 / RUNS);

let rows: Row[];

beforeAll(() => {
  rows = simulate(RUNS);
}, 1_800_000);

function cell(traffic: Row['traffic'], of: number): CellResult {
  const row = rows.find((one) => one.traffic === traffic && one.of === of);
  if (row === undefined) throw new Error(`no cell ${traffic} ${of}`);
  return row.result;
}

const TRAFFICS = ['even', 'zipf', 'one user at 30 %'] as const;

describe(`given ${RUNS} simulated runs a cell, 300 looks of 200 comparisons, seeds fixed`, () => {
  it.each(TRAFFICS)('rolls back at most one in a hundred at or below the budget (%s)', (traffic) => {
    expect(cell(traffic, 0.1).rolledBack.judge.share).toBe(0);
    expect(cell(traffic, 1).rolledBack.judge.share).toBeLessThanOrEqual(0.01 + slack(0.01));
  });

  it.each(TRAFFICS)(
    'widens at most one in twenty at the budget, and hardly ever above it (%s)',
    (traffic) => {
      expect(cell(traffic, 1).widened.share).toBeLessThanOrEqual(0.05 + slack(0.05));
      for (const times of [2, 5, 10]) expect(cell(traffic, times).widened.share).toBeLessThanOrEqual(0.005);
    },
  );

  it.each([2, 5, 10])('rolls back nearly always at %d times the budget', (times) => {
    expect(cell('even', times).rolledBack.judge.share).toBeGreaterThanOrEqual(0.99 - slack(0.99));
    for (const traffic of ['zipf', 'one user at 30 %'] as const) {
      const wanted = times === 2 ? 0.95 : 0.99;
      expect(cell(traffic, times).rolledBack.judge.share).toBeGreaterThanOrEqual(wanted - slack(wanted));
    }
  });

  it.each([2, 5, 10])('needs at most twice what a SPRT needs that knows the truth, at %d times', (times) => {
    const { judge, sprt } = cell('even', times).rolledBack;
    expect(judge.median).toBeLessThanOrEqual(2 * (sprt.median ?? 0));
  });

  it.each(TRAFFICS)('widens clean data within 15,000 comparisons (%s)', (traffic) => {
    expect(cell(traffic, 0.1).widenedBy15000).toBeGreaterThanOrEqual(0.95 - slack(0.95));
  });

  it.each([1, 2, 3, 4, 5])('neither rolls back nor widens for %d broken users', (broken) => {
    expect(cell('few broken', broken).rolledBack.judge.share).toBe(0);
    expect(cell('few broken', broken).widened.share).toBe(0);
  });

  (LONG ? it : it.skip)('is what the docs say', () => {
    const doc = readFileSync(DOC, 'utf8');
    const table = tableOf(rows);
    if (WRITE) writeFileSync(DOC, doc.replace(TABLE, `$1${table}$2`));
    else expect(TABLE.exec(doc)?.[0]).toContain(table);
  });
});

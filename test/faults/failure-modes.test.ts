import { describe, expect, it } from '@jest/globals';
import { documentedRows, figuresIn, stagesOf } from './failure-modes.js';
import { ROWS } from './rows.js';

const ALL = Object.values(ROWS)
  .flat()
  .flatMap((row) => stagesOf(row).map((stage) => ({ row, stage })));

describe('given docs/failure-modes.md', () => {
  it('has a row for each test and a test for each row, in the same words', () => {
    const told = ALL.map(({ row, stage }) => ({ fault: row.fault, stage, ...row.words[stage] }));
    const documented = documentedRows().map(({ fault, stage, user, metrics }) => ({
      fault,
      stage,
      user,
      metrics,
    }));
    expect(documented).toEqual(expect.arrayContaining(told));
    expect(documented).toHaveLength(told.length);
  });

  it.each(ALL)(
    'says of "$row.fault" ($stage) figures that were measured, inside what its test allows',
    ({ row, stage }) => {
      const found = documentedRows().find((each) => each.fault === row.fault && each.stage === stage);
      const { noticed, well } = figuresIn(found?.howLong ?? '');
      expect(well).toBeLessThanOrEqual(row.atMostMs.well / 1000);
      if (row.isNoticed?.[stage] !== undefined)
        expect(noticed).toBeLessThanOrEqual((row.atMostMs.noticed ?? 0) / 1000);
    },
  );
});

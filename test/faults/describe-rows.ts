import { describe, it } from '@jest/globals';
import { stagesOf, writeFigures } from './failure-modes.js';
import { LONG, runRow } from './run-row.js';
import { ROWS, type Family } from './rows.js';

const ALL = Object.values(ROWS).flat();
const WRITE = process.env['CROSSFADE_FAULTS'] === 'write';

/** The rows of a family as tests: the first one in `npm test`, every one in every stage in `npm run test:long`. */
export function describeRows(family: Family): void {
  const cells = ROWS[family].flatMap((row) =>
    stagesOf(row).map((stage) => ({ row, stage, name: row.fault })),
  );
  describe(`given a fault of the ${family} table`, () => {
    it.each(LONG ? cells : cells.slice(0, 1))(
      '$name ($stage): the books balance',
      async ({ row, stage }) => {
        const figures = await runRow(row, stage);
        if (WRITE) writeFigures(row, stage, figures, ALL);
      },
      600_000,
    );
  });
}

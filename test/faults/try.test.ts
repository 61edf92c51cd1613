import { it } from '@jest/globals';
import { FAULTS, type FaultName } from './faults.js';
import { runRow } from './run-row.js';

const names = (process.env['TRY'] ?? Object.keys(FAULTS).join()).split(',') as FaultName[];
const stages = (process.env['STAGES'] ?? 'live,complete').split(',') as ('live' | 'complete')[];
const cells = names.flatMap((n) => stages.map((s) => [n, s] as const));
it.concurrent.each(cells)(
  '%s %s',
  async (name, stage) => {
    const f = await runRow(
      { fault: name, words: {}, apply: FAULTS[name], lastsMs: 2000, atMostMs: { well: 20_000 } },
      stage,
    );
    console.log(name, stage, f);
  },
  60_000,
);

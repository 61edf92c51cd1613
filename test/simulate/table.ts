import { BUDGET, runCell, type CellResult, type Outcome } from './cell.js';
import { alike, fewBroken, type Population, type Traffic } from './fleet.js';

/** One row of the table: who the users are, and what came of it. */
export interface Row {
  readonly traffic: Traffic | 'few broken';
  /** the true rate as a multiple of the budget, or how many users are broken */
  readonly of: number;
  readonly result: CellResult;
}

const TRAFFICS: readonly Traffic[] = ['even', 'zipf', 'one user at 30 %'];
const MULTIPLES = [0.1, 1, 2, 5, 10];
const BROKEN = [1, 2, 3, 4, 5];

/** Every cell of the simulation, each with a seed of its own. */
export function simulate(runs: number): Row[] {
  let seed = 0;
  const row = (traffic: Row['traffic'], of: number, population: Population, rate: number): Row => ({
    traffic,
    of,
    result: runCell(population, rate, runs, ++seed),
  });
  return [
    ...TRAFFICS.flatMap((traffic) =>
      MULTIPLES.map((of) => row(traffic, of, alike(traffic, of * BUDGET.events), of * BUDGET.events)),
    ),
    ...BROKEN.map((of) => row('few broken', of, fewBroken(of), 0.15)),
  ];
}

/** The rows as Markdown: shares of the runs in percent, a slash, the median comparisons until then. */
export function tableOf(rows: readonly Row[]): string {
  const head = [
    'traffic',
    'true rate',
    'judge rolls back',
    'judge widens',
    'of these within 15,000',
    'SPRT that knows the rate',
    'fifth failed check in all (Flagger)',
    'fourth failed measurement (Argo)',
  ];
  const lines = rows.map(({ traffic, of, result: { rolledBack, widened, widenedBy15000 } }) => [
    traffic === 'few broken' ? 'broken users have 30 %' : traffic,
    traffic === 'few broken' ? `${of} of 500 broken` : `${of} × budget`,
    told(rolledBack.judge),
    told(widened),
    percent(widenedBy15000),
    traffic !== 'few broken' && of <= 1 ? '–' : told(rolledBack.sprt),
    told(rolledBack.flagger),
    told(rolledBack.argo),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]?.length ?? 0), 3));
  const padded = (line: readonly string[]): string =>
    `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [padded(head), padded(widths.map((width) => '-'.repeat(width))), ...lines.map(padded)].join('\n');
}

function told({ share, median }: Outcome): string {
  return median === undefined ? percent(share) : `${percent(share)} / ${thousands(median)}`;
}

function percent(share: number): string {
  return String(Math.round(share * 10_000) / 100);
}

function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

import { isGoodByEvents, isGoodByUsers, isHardHarm, isHarm } from '../../src/rollout/parity-test.js';
import { Fleet, type Population } from './fleet.js';
import { Random, WeightedDraw } from './random.js';

const { abs, floor, log } = Math;

export const BUDGET = { events: 0.001, users: 0.01 };
export const ALPHAS = { rollBack: 0.01, widen: 0.05 };
export const LOOKS = 300;
export const COMPARISONS_A_LOOK = 200;

export const RULES = ['judge', 'sprt', 'flagger', 'argo'] as const;
export type Rule = (typeof RULES)[number];

/** What came of one cell: shares of the runs, and medians over the runs in which it came about. */
export interface CellResult {
  readonly rolledBack: Readonly<Record<Rule, Outcome>>;
  /** widened by the judge before it rolled back, if it did */
  readonly widened: Outcome;
  readonly widenedBy15000: number;
}

export interface Outcome {
  /** 0 to 1 */
  readonly share: number;
  /** median comparisons until then; undefined where it never came about */
  readonly median: number | undefined;
}

/** Runs a cell. `rate` is what the SPRT is told; it sits out where that is not above the budget. */
export function runCell(population: Population, rate: number, runs: number, seed: number): CellResult {
  const draw = new WeightedDraw(population.traffic);
  const at: Record<Rule | 'widened', number[]> = { judge: [], sprt: [], flagger: [], argo: [], widened: [] };
  for (let run = 0; run < runs; run++) {
    const fleet = new Fleet(population, new Random(seed * 100_003 + run), draw);
    const found = runOnce(fleet, rate);
    for (const [what, comparisons] of Object.entries(found)) {
      if (comparisons !== undefined) at[what as Rule | 'widened'].push(comparisons);
    }
  }
  const outcome = (found: number[]): Outcome => ({ share: found.length / runs, median: median(found) });
  return {
    rolledBack: {
      judge: outcome(at.judge),
      sprt: outcome(at.sprt),
      flagger: outcome(at.flagger),
      argo: outcome(at.argo),
    },
    widened: outcome(at.widened),
    widenedBy15000: at.widened.filter((comparisons) => comparisons <= 15_000).length / runs,
  };
}

type Found = Record<Rule | 'widened', number | undefined>;

/** One run: when each rule first rolled back, and when the judge first widened before that. */
function runOnce(fleet: Fleet, rate: number): Found {
  const found: Found = {
    judge: undefined,
    sprt: undefined,
    flagger: undefined,
    argo: undefined,
    widened: undefined,
  };
  let failedChecks = 0;
  let sprtOver = rate <= BUDGET.events;
  for (let look = 0; look < LOOKS; look++) {
    const mismatches = fleet.compare(COMPARISONS_A_LOOK);
    const { comparisons } = fleet;
    if (mismatches / COMPARISONS_A_LOOK > BUDGET.events) failedChecks++;
    if (failedChecks >= 4) found.argo ??= comparisons;
    if (failedChecks >= 5) found.flagger ??= comparisons;
    if (!sprtOver) {
      const ratio = sprt(fleet, rate);
      sprtOver = abs(ratio) >= SPRT_BOUND;
      if (ratio >= SPRT_BOUND) found.sprt = comparisons;
    }
    if (found.judge === undefined) lookOfTheJudge(fleet, found);
    if (found.judge !== undefined && found.flagger !== undefined && sprtOver) break;
  }
  return found;
}

function lookOfTheJudge(fleet: Fleet, found: Found): void {
  const sums = fleet.sums();
  const { comparisons, mismatches } = fleet;
  if (isHarm(sums, BUDGET, ALPHAS.rollBack) || isHardHarm(sums, BUDGET, ALPHAS.rollBack)) {
    found.judge = comparisons;
  } else if (
    found.widened === undefined &&
    isGoodByEvents({ hits: mismatches, trials: comparisons }, BUDGET, ALPHAS.widen) &&
    isGoodByUsers(sums, BUDGET, ALPHAS.widen)
  ) {
    found.widened = comparisons;
  }
}

/** Wald's bounds for one error in a hundred on either side. */
const SPRT_BOUND = log(0.99 / 0.01);

function sprt({ comparisons, mismatches }: Fleet, rate: number): number {
  const { events } = BUDGET;
  return mismatches * log(rate / events) + (comparisons - mismatches) * log((1 - rate) / (1 - events));
}

function median(values: number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[floor((sorted.length - 1) / 2)];
}

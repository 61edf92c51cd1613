import type { Evidence, TransportSums } from '../domain/evidence.js';
import type { Objective, ObjectiveKind } from '../domain/objective.js';
import type { LimitObjective, Plan } from '../domain/plan.js';
import { shareOf } from './counts-of.js';
import { boundKeptBy, possiblyAbove, surelyAbove } from './distribution.js';
import { logMixture, type Counts } from './mixture.js';
import { HARM } from './parity-test.js';

/** How one objective of transport stands. Shares are 0 to 1. */
export interface TransportFinding {
  readonly objective: Objective;
  readonly kind: ObjectiveKind;
  /** the recent window is not shown to keep the limit */
  readonly breached: boolean;
  /** breached, and proven over all that has been seen */
  readonly harmful: boolean;
  /** the share of the recent window that is, or may be, above */
  readonly have: number;
  /** the share that is let through */
  readonly need: number;
}

/** A 99th percentile keeps a limit when at most one value in a hundred is above it. */
const ABOVE_P99 = 0.01;
/** Of fewer, no 99th percentile can be told. */
const MIN_VALUES = 100;
const MIN_RESYNCS = 3;
/** Time in gaps is no count of independent things: to be harm it must be gross and have happened several times. */
const GAP_HARM_FACTOR = 10;
const MIN_HARM_GAPS = 3;

/** Every objective of transport, whatever its kind. */
export function transportFindings(plan: Plan, evidence: Evidence): TransportFinding[] {
  const logLimit = Math.log(guardCount(plan) / plan.confidence.rollBackAlpha);
  const found = [
    ...measures(plan, evidence).map((measure) => weigh(measure, logLimit)),
    weighGaps(plan, evidence),
  ];
  return found;
}

/** How many guards share the plan's α: parity, and what the plan makes one. */
export function guardCount({ lag, age, gaps, resyncs }: Plan): number {
  return 1 + [lag, age, gaps, resyncs].filter(({ kind }) => kind === 'guard').length;
}

/** Something of which a share may be bad: what may be in the recent window, and what surely was in all. */
interface Measure {
  readonly objective: Objective;
  readonly kind: ObjectiveKind;
  readonly budget: number;
  readonly minTrials: number;
  readonly recent: Counts;
  readonly since: Counts;
}

function measures(plan: Plan, { recent, since }: Evidence): Measure[] {
  const p99 = (
    objective: Objective,
    { kind }: LimitObjective,
    pick: (sums: TransportSums) => TransportSums['lag'],
    limitMs: number,
  ): Measure => ({
    objective,
    kind,
    budget: ABOVE_P99,
    minTrials: MIN_VALUES,
    recent: possiblyAbove(pick(recent), limitMs),
    since: surelyAbove(pick(since), limitMs),
  });
  const besideLegacyMs = limitBesideLegacy(plan, recent);
  return [
    p99('lag', plan.lag, ({ lag }) => lag, plan.lag.p99LimitMs),
    p99('age', plan.age, ({ age }) => age.redis, plan.age.p99LimitMs),
    ...(besideLegacyMs === undefined
      ? []
      : [p99('age_above_legacy', plan.age, ({ age }) => age.redis, besideLegacyMs)]),
    {
      objective: 'resyncs',
      kind: plan.resyncs.kind,
      budget: plan.resyncs.failedShareLimit,
      minTrials: MIN_RESYNCS,
      recent: { hits: recent.resyncs.failed, trials: recent.resyncs.asked },
      since: { hits: since.resyncs.failed, trials: since.resyncs.asked },
    },
  ];
}

/** What legacy manages now, rounded up to a bound of its histogram, and the allowance; undefined where legacy is silent. */
function limitBesideLegacy(plan: Plan, { age }: TransportSums): number | undefined {
  if (age.legacy.count < MIN_VALUES) return undefined;
  const legacyMs = boundKeptBy(age.legacy, 1 - ABOVE_P99);
  return legacyMs === undefined ? undefined : legacyMs + plan.age.p99AboveLegacyMs;
}

function weigh(
  { objective, kind, budget, minTrials, recent, since }: Measure,
  logLimit: number,
): TransportFinding {
  const have = shareOf(recent.hits, recent.trials);
  const breached = recent.trials >= minTrials && have > budget;
  const proven = kind === 'guard' && breached && logMixture(since, budget, HARM) >= logLimit;
  return { objective, kind, breached, harmful: proven, have, need: budget };
}

function weighGaps(
  { gaps: { kind, timeShareLimit: need } }: Plan,
  { recent, since }: Evidence,
): TransportFinding {
  const have = shareOf(recent.gaps.totalMs, recent.userMs);
  const breached = have > need;
  const gross = since.gaps.count >= MIN_HARM_GAPS && have > GAP_HARM_FACTOR * need;
  return { objective: 'gaps', kind, breached, harmful: kind === 'guard' && breached && gross, have, need };
}

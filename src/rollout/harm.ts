import type { Reason, Severity } from '../domain/verdict.js';
import { classCounts, guardedCounts, shareOf } from './counts-of.js';
import { compares, serves, type Look } from './look.js';
import { HARD_HARM_FACTOR, isHardHarm, isHarm, logHarm } from './parity-test.js';
import { guardCount, transportFindings } from './transport-test.js';

/** What harm was found; no reasons where there is none. */
export interface Harm {
  readonly severity: Severity;
  readonly reasons: readonly Reason[];
}

/** A disagreement of the self-test can make two mismatches: what is more than that is not the instrument's. */
const NOISE_FACTOR = 2;

/** Finds real harm. Asks neither for soaking nor for whole evidence: what is missing can only hide harm, not make it. */
export function findHarm(look: Look): Harm {
  const hard = [...stoppedDelivery(look), ...grossLoss(look)];
  const soft = [...mismatches(look), ...brokenGuards(look)];
  if (hard.length > 0) return { severity: 'hard_harm', reasons: [...hard, ...soft] };
  return { severity: soft.length > 0 ? 'harm' : 'none', reasons: soft };
}

/** Whether the self-test disagrees so often that it alone may explain the mismatches. Nothing is ever subtracted. */
export function isInstrumentBlamed({ plan, evidence }: Look): boolean {
  const noise = noiseShare(evidence.since.selfTest);
  if (noise <= plan.instrument.selfTestShareLimit) return false;
  const { hits, trials } = guardedCounts(evidence.comparisons);
  return shareOf(hits, trials) <= NOISE_FACTOR * noise;
}

/** Share of the self-test's comparisons that disagreed. */
export function noiseShare({ agreed, disagreed }: { agreed: number; disagreed: number }): number {
  return shareOf(disagreed, agreed + disagreed);
}

/** The share of the plan's α that parity has to itself, beside other guards. */
export function parityAlpha({ plan }: Look): number {
  return plan.confidence.rollBackAlpha / guardCount(plan);
}

function stoppedDelivery({ plan, evidence: { delivery } }: Look): Reason[] {
  const { stoppedUsers: need, stoppedAfterSeconds } = plan.delivery;
  if (delivery.stoppedUsers < need || delivery.stoppedForMs < stoppedAfterSeconds * 1000) return [];
  return [{ code: 'delivery_stopped', objective: 'delivery', have: delivery.stoppedUsers, need }];
}

/** Loss is what Redis alone lacks; the users' sums prove that it is not the fate of a few. */
function grossLoss(look: Look): Reason[] {
  const { plan, evidence } = look;
  const { hits, trials } = classCounts(evidence.comparisons, 'missing_in_redis');
  const need = HARD_HARM_FACTOR * plan.parity.eventsBudget;
  const have = shareOf(hits, trials);
  if (have <= need || !compares(look) || isInstrumentBlamed(look)) return [];
  if (!isHardHarm(evidence.users, budgetOf(look), parityAlpha(look))) return [];
  return [{ code: 'loss_far_over_budget', objective: 'missing_in_redis', have, need }];
}

function mismatches(look: Look): Reason[] {
  const { users } = look.evidence;
  if (!compares(look) || isInstrumentBlamed(look)) return [];
  if (!isHarm(users, budgetOf(look), parityAlpha(look))) return [];
  return [
    {
      code: 'mismatches_over_budget',
      objective: 'parity',
      have: logHarm(users, budgetOf(look)),
      need: -Math.log(parityAlpha(look)),
    },
  ];
}

/** Lag and age of a step that serves nobody from Redis harm nobody. */
function brokenGuards(look: Look): Reason[] {
  if (!serves(look)) return [];
  return transportFindings(look.plan, look.evidence)
    .filter(({ harmful }) => harmful)
    .map(({ objective, have, need }) => ({ code: 'guard_breached', objective, have, need }));
}

/** The plan's budgets as the tests take them. */
export function budgetOf({ plan }: Pick<Look, 'plan'>): { events: number; users: number } {
  return { events: plan.parity.eventsBudget, users: plan.parity.usersBudget };
}

import { MISMATCH_CLASSES } from '../domain/comparison.js';
import { FLAGS } from '../domain/flag.js';
import { isGuarded } from '../domain/objective.js';
import type { Reason } from '../domain/verdict.js';
import {
  classCounts,
  comparedOf,
  excusedShare,
  guardedCounts,
  sampledOutShare,
  shareOf,
  typesSeen,
} from './counts-of.js';
import { budgetOf, noiseShare } from './harm.js';
import { compares, serves, type Look } from './look.js';
import { MIN_HARMED_USERS, cleanComparisonsNeeded, cleanUsersNeeded } from './parity-test.js';
import { transportFindings } from './transport-test.js';

/** How many of the users who hold a step up are named. */
const NAMED_USERS = 5;
const MS_PER_MINUTE = 60_000;

/** Everything that speaks against going on, the most fundamental first; empty when all is well. */
export function findDoubts(look: Look): Reason[] {
  return [
    ...missingEvidence(look),
    ...unmetGate(look),
    ...poorCoverage(look),
    ...noisyInstrument(look),
    ...breachedSignals(look),
    ...unprovenParity(look),
  ];
}

function missingEvidence(look: Look): Reason[] {
  const { replicas, inForce } = look.evidence;
  const reasons: Reason[] = [];
  if (hasNoData(look)) reasons.push({ code: 'no_data', have: 0, need: 1 });
  if (replicas.reporting < replicas.expected || replicas.reporting === 0) {
    const detail = replicas.problems.join(' ');
    reasons.push({
      code: 'replicas_missing',
      have: replicas.reporting,
      need: Math.max(replicas.expected, 1),
      ...(detail === '' ? {} : { detail }),
    });
  }
  reasons.push(...notInForce(look));
  const maxAgeMs = look.plan.flags.maxAgeSeconds * 1000;
  if (inForce.flagAgeMs === undefined || inForce.flagAgeMs > maxAgeMs) {
    const have = inForce.flagAgeMs;
    reasons.push({ code: 'flags_stale', need: maxAgeMs, ...(have === undefined ? {} : { have }) });
  }
  return reasons;
}

/** Where nothing is compared, what was delivered is the data. */
function hasNoData(look: Look): boolean {
  const { evidence } = look;
  if (compares(look)) return comparedOf(evidence.comparisons) === 0;
  return serves(look) && evidence.since.age.redis.count === 0;
}

/** Whether the replicas report the percentages of this step. */
export function notInForce({ targets, evidence: { inForce } }: Pick<Look, 'targets' | 'evidence'>): Reason[] {
  const reported = { compare: inForce.comparePercent, serve: inForce.servePercent };
  return FLAGS.filter((flag) => reported[flag] !== targets[flag].percent).map((flag) => {
    const have = reported[flag];
    return {
      code: 'not_in_force',
      need: targets[flag].percent,
      ...(have === undefined ? {} : { have }),
      detail: `The replicas do not all report the ${flag} percentage of this step.`,
    };
  });
}

function unmetGate(look: Look): Reason[] {
  const { gate, soakedMs, evidence } = look;
  if (gate === undefined) return [];
  const reasons: Reason[] = [];
  const soakMs = gate.soakMinutes * MS_PER_MINUTE;
  if (soakedMs < soakMs) reasons.push({ code: 'soaking', have: soakedMs, need: soakMs });
  if (!compares(look)) return reasons;
  const compared = comparedOf(evidence.comparisons);
  if (compared < gate.minComparisons) {
    reasons.push({ code: 'too_few_comparisons', have: compared, need: gate.minComparisons });
  }
  const { distinctUsers } = evidence.users;
  if (distinctUsers < gate.minUsers) {
    reasons.push({ code: 'too_few_users', have: distinctUsers, need: gate.minUsers });
  }
  return [...reasons, ...unseenTypes(look, gate.typesSeenShare)];
}

function unseenTypes({ plan, evidence }: Look, share: number): Reason[] {
  const seen = typesSeen(evidence.comparisons);
  const unseen = plan.types.filter((type) => !seen.has(type));
  // Ceil guards against a share such as 0.1 · 30 that comes out a hair above its whole number.
  const need = Math.ceil(share * plan.types.length - 1e-9);
  const have = plan.types.length - unseen.length;
  if (have >= need) return [];
  return [{ code: 'types_not_seen', have, need, detail: `Not seen: ${unseen.join(', ')}.` }];
}

function poorCoverage(look: Look): Reason[] {
  if (!compares(look)) return [];
  const { excusedShareLimit, sampledOutShareLimit } = look.plan.coverage;
  const excused = excusedShare(look.evidence);
  const sampledOut = sampledOutShare(look.evidence);
  const reasons: Reason[] = [];
  if (excused > excusedShareLimit) {
    reasons.push({ code: 'too_much_excused', have: excused, need: excusedShareLimit });
  }
  if (sampledOut > sampledOutShareLimit) {
    reasons.push({ code: 'too_much_sampled_out', have: sampledOut, need: sampledOutShareLimit });
  }
  return reasons;
}

function noisyInstrument({ plan, evidence: { recent, since, recentComparisons } }: Look): Reason[] {
  const reasons: Reason[] = [];
  const failures = recent.instrumentFailures / Math.max(1, comparedOf(recentComparisons));
  const { failureShareLimit, selfTestShareLimit } = plan.instrument;
  if (failures > failureShareLimit) {
    reasons.push({
      code: 'instrument_noisy',
      objective: 'instrument',
      have: failures,
      need: failureShareLimit,
    });
  }
  const noise = noiseShare(since.selfTest);
  if (noise > selfTestShareLimit) {
    reasons.push({ code: 'instrument_noisy', objective: 'self_test', have: noise, need: selfTestShareLimit });
  }
  return reasons;
}

/** Classes and objectives that hold while they are breached. A guard that is breached and not proven holds too. */
export function breachedSignals({ plan, evidence }: Look): Reason[] {
  const reasons: Reason[] = [];
  for (const outcome of MISMATCH_CLASSES) {
    const need = plan.parity.classBudgets[outcome];
    if (isGuarded(outcome) || need === undefined) continue;
    const { hits, trials } = classCounts(evidence.recentComparisons, outcome);
    const have = shareOf(hits, trials);
    if (have > need) reasons.push({ code: 'signal_breached', objective: outcome, have, need });
  }
  for (const { objective, breached, have, need } of transportFindings(plan, evidence)) {
    if (breached) reasons.push({ code: 'signal_breached', objective, have, need });
  }
  return reasons;
}

/** What the statistics still lack. Where only a few users mismatch, they are named. */
function unprovenParity(look: Look): Reason[] {
  const { gate, plan, evidence } = look;
  if (gate === undefined || gate.proof === 'none' || !compares(look)) return [];
  const alpha = plan.confidence.widenAlpha;
  const reasons = [...unprovenEvents(look, alpha)];
  if (gate.proof === 'users') {
    const moreCleanNeeded = cleanUsersNeeded(evidence.users, budgetOf(look), alpha);
    const { earlyMismatches: have, distinctUsers } = evidence.users;
    const need = plan.parity.usersBudget * distinctUsers;
    if (moreCleanNeeded > 0)
      reasons.push({ code: 'users_unproven', objective: 'users', have, need, moreCleanNeeded });
  }
  return reasons.length === 0 ? [] : [...namedUsers(look), ...reasons];
}

function unprovenEvents({ plan, evidence }: Look, alpha: number): Reason[] {
  const reasons: Reason[] = [];
  const unproven = (
    objective: Reason['objective'],
    counts: { hits: number; trials: number },
    budget: number,
  ): void => {
    const moreCleanNeeded = cleanComparisonsNeeded(counts, budget, alpha);
    if (moreCleanNeeded === 0) return;
    const have = shareOf(counts.hits, counts.trials);
    reasons.push({
      code: 'parity_unproven',
      ...(objective && { objective }),
      have,
      need: budget,
      moreCleanNeeded,
    });
  };
  unproven('parity', guardedCounts(evidence.comparisons), plan.parity.eventsBudget);
  for (const outcome of MISMATCH_CLASSES) {
    const budget = plan.parity.classBudgets[outcome];
    if (isGuarded(outcome) && budget !== undefined) {
      unproven(outcome, classCounts(evidence.comparisons, outcome), budget);
    }
  }
  return reasons;
}

function namedUsers({ plan, evidence }: Look): Reason[] {
  const { hits, trials } = guardedCounts(evidence.comparisons);
  const { firstMismatches: have } = evidence.users;
  if (have === 0 || have >= MIN_HARMED_USERS || shareOf(hits, trials) <= plan.parity.eventsBudget) return [];
  const users = evidence.worstUsers.slice(0, NAMED_USERS).map(({ user }) => user);
  const unnamed = users.length === 0 ? { detail: 'No replica could be asked who they are.' } : {};
  return [
    { code: 'few_users_mismatch', objective: 'parity', have, need: MIN_HARMED_USERS, users, ...unnamed },
  ];
}

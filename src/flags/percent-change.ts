import type { PercentChange, WriteOutcome } from '../contracts/cohort-writer.js';
import { FLAG_NAMES, type Flag } from '../domain/flag.js';
import { isCanaryList, judgeFlags, wholePercent } from './flag-rules.js';
import type { FlagSet, FlagStrategy } from './flag-set.js';
import { readFlagSet } from './read-flag-set.js';

/** What a change comes to, held against the flags as they stand at home. */
export type PlannedChange =
  | { readonly plan: 'already' }
  | { readonly plan: 'conflict'; readonly percent: number; readonly problem: string }
  | { readonly plan: 'refused'; readonly problem: string }
  /** replace the rollout of this strategy, counted in the flag's list, which reads `rollout` now */
  | { readonly plan: 'replace'; readonly index: number; readonly rollout: unknown };

/** Plans a change; `features` in Unleash's client-features format. Refuses what the replicas would refuse. Pure. */
export function planChange(features: unknown, { flag, from, to }: PercentChange): PlannedChange {
  const name = FLAG_NAMES[flag];
  if (wholePercent(to) === undefined)
    return {
      plan: 'refused',
      problem: `${to} is no percentage for ${name}: give a whole one from 0 to 100.`,
    };
  const reading = readFlagSet(features);
  if ('problems' in reading) return { plan: 'refused', problem: reading.problems.join(' ') };
  const { set } = reading;
  if (!set.flags[flag].enabled)
    return { plan: 'refused', problem: `${name} is switched off: a person must switch it on first.` };
  const index = set.flags[flag].strategies.findIndex((strategy) => !isCanaryList(strategy));
  const strategy = set.flags[flag].strategies[index];
  if (strategy?.name !== 'flexibleRollout')
    return { plan: 'refused', problem: `${name} has no rollout to change: run \`crossfade flags init\`.` };
  const { rollout } = strategy.parameters;
  const percent = wholePercent(rollout);
  const judgement = judgeFlags(withRollout(set, flag, strategy, to));
  if ('problems' in judgement) return { plan: 'refused', problem: judgement.problems.join(' ') };
  if (percent === to) return { plan: 'already' };
  if (percent !== from)
    return { plan: 'conflict', percent: percent ?? 0, problem: movedTo(flag, rollout, from) };
  return { plan: 'replace', index, rollout };
}

/** What a writer answers where there is nothing to replace. */
export function settledOutcome(
  planned: Exclude<PlannedChange, { readonly plan: 'replace' }>,
  percent: number,
): WriteOutcome {
  switch (planned.plan) {
    case 'already':
      return { outcome: 'written', percent };
    case 'refused':
      return { outcome: 'failed', problem: planned.problem };
    case 'conflict':
      return { outcome: 'conflict', percent: planned.percent, problem: planned.problem };
  }
}

/** Says that a flag does not stand where it was believed to. */
export function movedTo(flag: Flag, rollout: unknown, from: number): string {
  return `${FLAG_NAMES[flag]} stands at ${String(rollout)} and not at ${from}: read it again before deciding.`;
}

function withRollout(set: FlagSet, flag: Flag, changed: FlagStrategy, percent: number): FlagSet {
  const strategies = set.flags[flag].strategies.map((strategy) =>
    strategy === changed
      ? { ...strategy, parameters: { ...strategy.parameters, rollout: String(percent) } }
      : strategy,
  );
  return { ...set, flags: { ...set.flags, [flag]: { enabled: true, strategies } } };
}

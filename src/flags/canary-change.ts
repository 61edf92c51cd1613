import type { CanaryChange } from '../contracts/cohort-writer.js';
import { FLAG_GROUP_ID, FLAG_NAMES } from '../domain/flag.js';
import { isCanaryList, judgeFlags } from './flag-rules.js';
import type { FlagStrategy } from './flag-set.js';
import { readFlagSet } from './read-flag-set.js';

/** What naming users comes to, held against the flags as they stand at home. */
export type PlannedNaming =
  | { readonly plan: 'already'; readonly percent: number }
  | { readonly plan: 'refused'; readonly problem: string }
  /** the list of names, counted among the flag's strategies; -1 where there is none yet */
  | { readonly plan: 'name'; readonly index: number; readonly from: readonly string[] };

/** Plans whom a flag names; `features` in Unleash's client-features format. Refuses what the replicas would. Pure. */
export function planNaming(features: unknown, { flag, uids }: CanaryChange): PlannedNaming {
  const name = FLAG_NAMES[flag];
  const reading = readFlagSet(features);
  if ('problems' in reading) return { plan: 'refused', problem: reading.problems.join(' ') };
  const { set } = reading;
  if (!set.flags[flag].enabled)
    return { plan: 'refused', problem: `${name} is switched off: a person must switch it on first.` };
  const { strategies } = set.flags[flag];
  const index = strategies.findIndex(isCanaryList);
  const from = strategies[index]?.constraints[0]?.values ?? [];
  const named = uids.length === 0 ? [] : [canaryList(uids)];
  const after = [...strategies.filter((_, i) => i !== index), ...named];
  const judgement = judgeFlags({
    ...set,
    flags: { ...set.flags, [flag]: { enabled: true, strategies: after } },
  });
  if ('problems' in judgement) return { plan: 'refused', problem: judgement.problems.join(' ') };
  if ([...from].sort().join() === [...uids].sort().join())
    return { plan: 'already', percent: judgement.rules[flag].percent };
  return { plan: 'name', index, from };
}

/** A strategy that picks these users and nobody else. */
export function canaryList(uids: readonly string[]): FlagStrategy {
  return {
    name: 'flexibleRollout',
    parameters: { rollout: '100', stickiness: 'userId', groupId: FLAG_GROUP_ID },
    constraints: [
      { contextName: 'userId', operator: 'IN', inverted: false, caseInsensitive: false, values: [...uids] },
    ],
    segments: [],
  };
}

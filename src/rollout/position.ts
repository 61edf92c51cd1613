import { NOTHING, picksAnybody, sameTarget, type Move, type Targets } from '../domain/cohort-target.js';
import { FLAGS } from '../domain/flag.js';
import type { Gate, Plan } from '../domain/plan.js';
import { afterChange } from './plan-steps.js';

/** The step before the first: nobody is compared, nobody served. */
export const START = -1;

/** Whom the flags shall pick in a step; `START` and anything before it is nobody. */
export function targetsAt({ steps }: Plan, index: number): Targets {
  return steps
    .slice(0, Math.max(0, index + 1))
    .reduce((before, { change }) => afterChange(before, change), NOTHING);
}

/** What must be so before going on from a step; at the start only what holds everywhere; undefined on the last. */
export function gateAt({ steps }: Plan, index: number): Gate | undefined {
  if (index === START) return START_GATE;
  return index >= steps.length - 1 ? undefined : steps[index]?.gate;
}

const START_GATE: Gate = Object.freeze({
  soakMinutes: 0,
  minComparisons: 0,
  minUsers: 0,
  typesSeenShare: 0,
  approval: 'none',
  proof: 'none',
});

/** The last step of which these are the targets, or undefined where they are no step's. */
export function stepOf(plan: Plan, targets: Targets): number | undefined {
  for (let index = plan.steps.length - 1; index >= START; index--) {
    if (differences(targets, targetsAt(plan, index)).length === 0) return index;
  }
  return undefined;
}

/** The step that these targets belong to after a roll-back: the last one that serves no more than they do. */
export function stepServing(plan: Plan, { serve }: Targets): number {
  for (let index = plan.steps.length - 1; index >= 0; index--) {
    const wanted = targetsAt(plan, index).serve;
    if (wanted.percent <= serve.percent && (picksAnybody(serve) || !picksAnybody(wanted))) return index;
  }
  return START;
}

/** What a step would still have to change. */
export function differences(from: Targets, to: Targets): Move[] {
  return FLAGS.filter((flag) => !sameTarget(from[flag], to[flag])).map((flag) => ({
    flag,
    from: from[flag],
    to: to[flag],
  }));
}

import { picksAnybody, type Targets } from '../domain/cohort-target.js';
import type { Evidence } from '../domain/evidence.js';
import type { Gate, Plan } from '../domain/plan.js';

/** What the judge looks at. */
export interface Look {
  readonly plan: Plan;
  /** what must be so before going on; undefined on the last step */
  readonly gate: Gate | undefined;
  /** whom the flags shall pick in this step */
  readonly targets: Targets;
  readonly evidence: Evidence;
  /** how long the step has been in force and watched, ms */
  readonly soakedMs: number;
}

/** Whether anything is compared in this step: not once serve is complete and compare is taken away. */
export function compares({ targets }: Look): boolean {
  return picksAnybody(targets.compare);
}

/** Whether anybody is served from Redis in this step. */
export function serves({ targets }: Look): boolean {
  return picksAnybody(targets.serve);
}

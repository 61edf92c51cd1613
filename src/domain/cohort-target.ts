import { FLAGS, type Flag } from './flag.js';

/** Whom one flag shall pick. */
export interface CohortTarget {
  /** whole, 0 to 100 */
  readonly percent: number;
  /** users who are picked whatever the percentage, sorted */
  readonly canaries: readonly string[];
}

/** Whom both flags shall pick. */
export type Targets = Readonly<Record<Flag, CohortTarget>>;

/** A change of one flag; every move of the controller is one. */
export interface Move {
  readonly flag: Flag;
  readonly from: CohortTarget;
  readonly to: CohortTarget;
}

const NOBODY: CohortTarget = Object.freeze({ percent: 0, canaries: Object.freeze([]) });

/** Where every rollout begins. */
export const NOTHING: Targets = Object.freeze({ compare: NOBODY, serve: NOBODY });

export function sameTarget(a: CohortTarget, b: CohortTarget): boolean {
  return (
    a.percent === b.percent &&
    a.canaries.length === b.canaries.length &&
    a.canaries.every((uid, i) => uid === b.canaries[i])
  );
}

export function sameTargets(a: Targets, b: Targets): boolean {
  return FLAGS.every((flag) => sameTarget(a[flag], b[flag]));
}

/** The targets after a move. */
export function afterMove(targets: Targets, move: Move): Targets {
  return Object.freeze({ ...targets, [move.flag]: move.to });
}

/** Whether the flag picks anybody at all. */
export function picksAnybody({ percent, canaries }: CohortTarget): boolean {
  return percent > 0 || canaries.length > 0;
}

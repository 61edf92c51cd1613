import type { MismatchClass } from './comparison.js';

/** `guard`: harm there rolls back. `signal`: a breach holds, and goes on by itself when it has recovered. */
export type ObjectiveKind = 'guard' | 'signal';

export const OBJECTIVE_KINDS = ['guard', 'signal'] as const satisfies readonly ObjectiveKind[];

/** What a plan measures the rollout by. */
export type Objective =
  | 'parity'
  | MismatchClass
  | 'users'
  | 'lag'
  | 'age'
  | 'age_above_legacy'
  | 'gaps'
  | 'resyncs'
  | 'delivery'
  | 'instrument'
  | 'self_test';

/** What a mismatch of each class means. Legacy itself loses events, so what it alone lacks is no harm of Redis. */
export const CLASS_KINDS = {
  missing_in_redis: 'guard',
  missing_in_legacy: 'signal',
  different: 'guard',
  duplicate: 'guard',
  reordered: 'guard',
} as const satisfies Record<MismatchClass, ObjectiveKind>;

/** Whether a mismatch of this class counts against parity's budget and in the sums of users. */
export function isGuarded(outcome: MismatchClass): boolean {
  return CLASS_KINDS[outcome] === 'guard';
}

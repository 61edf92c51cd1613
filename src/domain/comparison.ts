/** How one thing from one source came out when it was held against the other. */
export type ComparisonClass = 'matched' | MismatchClass;

export type MismatchClass =
  'missing_in_redis' | 'missing_in_legacy' | 'different' | 'duplicate' | 'reordered';

export const MISMATCH_CLASSES = [
  'missing_in_redis',
  'missing_in_legacy',
  'different',
  'duplicate',
  'reordered',
] as const satisfies readonly MismatchClass[];

export const COMPARISON_CLASSES = [
  'matched',
  ...MISMATCH_CLASSES,
] as const satisfies readonly ComparisonClass[];

/** Why a comparison was excused: it has a share of its own and never enters parity. */
export type ExcuseReason = 'redis_gap' | 'legacy_gap' | 'warm_up' | 'handover' | 'overload' | 'one_sided';

export const EXCUSE_REASONS = [
  'redis_gap',
  'legacy_gap',
  'warm_up',
  'handover',
  'overload',
  'one_sided',
] as const satisfies readonly ExcuseReason[];

/** Why a thing is not compared at all. */
export type NotComparedReason = 'type_unknown_to_legacy' | 'never_shown_by_legacy' | 'sampled_out';

export const NOT_COMPARED_REASONS = [
  'type_unknown_to_legacy',
  'never_shown_by_legacy',
  'sampled_out',
] as const satisfies readonly NotComparedReason[];

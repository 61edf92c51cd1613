import type { Source } from './source.js';

/** What the two sources do for one user. */
export type Stage = 'legacy' | 'shadow' | 'live' | 'complete';

/** What a stage asks of each source. */
export interface StageRule {
  /** the sources that are open */
  readonly open: Readonly<Record<Source, boolean>>;
  /** the source whose events the user gets, while it is well */
  readonly serves: Source;
  /** whether the two are held against each other */
  readonly compares: boolean;
}

/** The one table that drives routing; a stage that lacks a row does not compile. */
export const STAGE_RULES = {
  legacy: { open: { legacy: true, redis: false }, serves: 'legacy', compares: false },
  shadow: { open: { legacy: true, redis: true }, serves: 'legacy', compares: true },
  live: { open: { legacy: true, redis: true }, serves: 'redis', compares: true },
  complete: { open: { legacy: false, redis: true }, serves: 'redis', compares: false },
} as const satisfies Record<Stage, StageRule>;

export const STAGES = ['legacy', 'shadow', 'live', 'complete'] as const satisfies readonly Stage[];

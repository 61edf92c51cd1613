import { GAP_CAUSES, type GapCause } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';

/**
 * Why a recording says that a source was away. Beside the causes of gaps: `opening`, the topic is compared from
 * here on and no source is attached yet; `closed`, it is no longer; `handover`, the user is being moved.
 */
export type TraceGapCause = GapCause | 'opening' | 'closed' | 'handover';

export const TRACE_GAP_CAUSES = [
  ...GAP_CAUSES,
  'opening',
  'closed',
  'handover',
] as const satisfies readonly TraceGapCause[];

/** One line of a recording that says nothing but how a source stands. */
export interface TraceGap {
  /** when it was noticed, milliseconds of the recording */
  readonly atMs: number;
  readonly source: Source;
  readonly edge: 'begin' | 'end';
  /** undefined: everybody */
  readonly topic: Topic | undefined;
  readonly cause: TraceGapCause;
  /** a beginning: the last moment that was proven whole, at or before `atMs` */
  readonly sinceMs: number;
}

import type { Source } from './source.js';
import type { Topic } from './topic.js';

/** Why a source may have missed events. */
export type GapCause =
  'link' | 'subscribe' | 'presence' | 'canary' | 'publisher' | 'legacy_detached' | 'frozen';

export const GAP_CAUSES = [
  'link',
  'subscribe',
  'presence',
  'canary',
  'publisher',
  'legacy_detached',
  'frozen',
] as const satisfies readonly GapCause[];

/** The beginning of a span of time in which a source may have missed events. */
export interface GapStart {
  readonly cause: GapCause;
  /** the last moment that is proven whole, milliseconds of `Clock.elapsedMs()`; before now, for a link dies unseen */
  readonly sinceMs: number;
}

/** A span of time that is over, in which a source may have missed events of one topic. */
export interface Gap {
  readonly topic: Topic;
  readonly source: Source;
  readonly cause: GapCause;
  /** the last moment that was proven whole, and the first one again; milliseconds since 1970 */
  readonly fromMs: number;
  readonly toMs: number;
}

import type { MismatchClass } from '../domain/comparison.js';
import type { LagSeconds } from './trace-recorder.js';

/** What a truthful comparison says of a recording. */
export interface TraceReport {
  readonly matched: number;
  readonly mismatches: readonly TraceMismatch[];
  /** by reason; only those that occur */
  readonly excused: Readonly<Record<string, number>>;
  readonly late: number;
  readonly notCompared: number;
  readonly unreadable: number;
  readonly misrouted: number;
  readonly lagSeconds: LagSeconds;
}

export interface TraceMismatch {
  readonly class: MismatchClass;
  readonly uid: string;
  readonly type: string;
  /** an item's id; events have none */
  readonly key?: string;
  readonly fields: readonly string[];
  /** when the two came to differ, seconds of the recording */
  readonly t: number;
}

import type { ComparisonClass, ExcuseReason, NotComparedReason } from '../domain/comparison.js';
import type { GapCause } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';

/**
 * The one place that names what Crossfade counts. Counting never throws and never waits. Types are given as
 * they came; what makes a label of them keeps to a closed list.
 */
export interface Recorder {
  /** A source said something for a topic that is open here. */
  received(source: Source, type: string): void;
  /** The user got it, from this source; `ageMs` is since the envelope's timestamp, undefined where it has none. */
  delivered(source: Source, type: string, ageMs: number | undefined): void;
  /** An envelope that names another user than its channel's; delivered to nobody. */
  misrouted(source: Source): void;
  /** A message that is no envelope; delivered to nobody. */
  unreadable(source: Source): void;

  compared(outcome: ComparisonClass, type: string): void;
  /** `cause` is the gap's, where a gap is the reason. */
  excused(reason: ExcuseReason, type: string, cause?: GapCause): void;
  notCompared(reason: NotComparedReason, type: string): void;
  /** An arrival after its verdict. */
  late(type: string): void;
  /** Redis arrival minus legacy arrival of the same thing, signed. */
  lag(type: string, lagMs: number): void;

  /** A gap of this topic has ended; `lengthMs` from the last moment that was proven whole. */
  gap(source: Source, cause: GapCause, lengthMs: number, topic: Topic): void;
  /** Something was dropped to keep a bound. */
  dropped(what: Dropped): void;
  /** The instrument, not the served path, failed. */
  failed(operation: InstrumentOperation, error: unknown): void;
}

/** Parts of the instrument that may fail without the user noticing; each has a counter of its own. */
export type InstrumentOperation =
  | 'compare'
  | 'self_test'
  | 'read_flags'
  | 'decide_route'
  | 'record'
  | 'consumer'
  | 'presence'
  | 'resync'
  | 'legacy_listener'
  | 'kill_switch';

export const INSTRUMENT_OPERATIONS = [
  'compare',
  'self_test',
  'read_flags',
  'decide_route',
  'record',
  'consumer',
  'presence',
  'resync',
  'legacy_listener',
  'kill_switch',
] as const satisfies readonly InstrumentOperation[];

export type Dropped = 'comparison' | 'legacy_item';

export const DROPPED = ['comparison', 'legacy_item'] as const satisfies readonly Dropped[];

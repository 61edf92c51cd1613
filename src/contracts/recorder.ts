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
  /** A topic's readers were moved to this source, or it was tried; `tookMs` from when it was wanted. */
  handover(to: Source, result: HandoverResult, tookMs: number): void;
  /** What came of a thing that did not simply pass while two sources were merged. */
  merged(outcome: MergeOutcome, type: string): void;
  /** A call of the resync port has ended. */
  resynced(result: ResyncResult): void;
  /** What became of a canary, a message of our own that proves the link. */
  canary(result: CanaryResult): void;
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
  | 'trace'
  | 'consumer'
  | 'presence'
  | 'resync'
  | 'legacy_listener'
  | 'kill_switch'
  | 'merge'
  | 'canary'
  | 'publisher';

export const INSTRUMENT_OPERATIONS = [
  'compare',
  'self_test',
  'read_flags',
  'decide_route',
  'record',
  'trace',
  'consumer',
  'presence',
  'resync',
  'legacy_listener',
  'kill_switch',
  'merge',
  'canary',
  'publisher',
] as const satisfies readonly InstrumentOperation[];

export type Dropped = 'comparison' | 'legacy_item' | 'merge';

export const DROPPED = ['comparison', 'legacy_item', 'merge'] as const satisfies readonly Dropped[];

/**
 * How a handover ended: `completed` after its due time; `at_once` because the source before it broke, or
 * somebody stopped; `begun` because the readers had only come, and the source of their stage was there a moment
 * later; `turned_back` because it was no longer wanted; `left` by the readers.
 */
export type HandoverResult = 'completed' | 'at_once' | 'begun' | 'turned_back' | 'left';

export const HANDOVER_RESULTS = [
  'completed',
  'at_once',
  'begun',
  'turned_back',
  'left',
] as const satisfies readonly HandoverResult[];

/**
 * `merged`: a copy met its partner and was spared; `doubled`: one of the serving source that the readers had
 * from the other; `repeated`: the same id again from the same source; `filled`: what the other source had not
 * brought; `held_back`: a list that the other source had said; `stale`: a list older than one of its own
 * source; `redis_only`: of a type that legacy does not know, and therefore not delivered after a return to it.
 */
export type MergeOutcome =
  'merged' | 'doubled' | 'repeated' | 'filled' | 'held_back' | 'stale' | 'redis_only';

export const MERGE_OUTCOMES = [
  'merged',
  'doubled',
  'repeated',
  'filled',
  'held_back',
  'stale',
  'redis_only',
] as const satisfies readonly MergeOutcome[];

export type ResyncResult = 'answered' | 'failed' | 'timed_out' | 'left';

export const RESYNC_RESULTS = [
  'answered',
  'failed',
  'timed_out',
  'left',
] as const satisfies readonly ResyncResult[];

/** `heard`: it came home; `lost`: it was published and did not; `unsent`: it could not be published. */
export type CanaryResult = 'heard' | 'lost' | 'unsent';

export const CANARY_RESULTS = ['heard', 'lost', 'unsent'] as const satisfies readonly CanaryResult[];

import type { ExcuseReason, MismatchClass, NotComparedReason } from '../domain/comparison.js';
import type { Digest } from '../domain/digest.js';
import type { GapCause } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { SampledValue } from '../contracts/comparison-evidence.js';
import type { Doubt } from './doubts.js';
import type { Lettered } from './letter-room.js';

/** One way in which the two sources differ. */
export interface Mismatch {
  readonly outcome: MismatchClass;
  /** the item's id for lists, the identity for events */
  readonly key: string;
  /** the item's id; undefined for events */
  readonly itemId?: string;
  readonly fields: readonly string[];
  /** since when, `Clock.elapsedMs()`: the arrival that made the difference */
  readonly sinceMs: number;
  readonly legacy: Digest | undefined;
  readonly redis: Digest | undefined;
  /** the differing values as they came; only where samples carry values */
  readonly values: readonly SampledValue[] | undefined;
  /** where a gap that is noticed later would excuse it */
  readonly excusable?: {
    readonly sources: readonly Source[];
    readonly fromMs: number;
    readonly untilMs: number;
  };
}

/** Why something is not counted. */
export interface Excuse {
  readonly reason: ExcuseReason;
  readonly cause?: GapCause | undefined;
}

/** Where a lane of comparison tells what it found, and asks what it may keep. */
export interface Findings {
  matched(type: string): void;
  /** One comparison that came out wrong in one or more ways. */
  mismatched(type: string, mismatches: readonly Mismatch[]): void;
  excused(type: string, excuse: Excuse): void;
  notCompared(type: string, reason: NotComparedReason): void;
  late(type: string): void;
  lag(type: string, lagMs: number): void;
  /** The doubt about a source that touches a span, if any. */
  doubt(source: Source, fromMs: number, untilMs: number): Doubt | undefined;
  /** Something from `source` at this moment was dropped unseen. */
  dropped(source: Source, atMs: number, type: string): void;
  /** Whether so many more events may wait; those that leave are given back as a negative number. */
  holdPending(count: number): boolean;
  /** Whether so many more items may be held. */
  holdItems(count: number): boolean;
  /** Something holds so many items letter by letter now, and lets go of their letters when it is told to. */
  holdLetters(owner: Lettered, items: number): void;
}

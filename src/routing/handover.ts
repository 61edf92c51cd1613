import type { HandoverResult, Recorder } from '../contracts/recorder.js';
import type { RouteReason } from '../domain/route.js';
import { otherSource, type Source } from '../domain/source.js';
import type { HandoverSettings } from './handover-settings.js';

/** What of a source decides when it may take over. */
export interface Warmth {
  readonly attachedAtMs: number | undefined;
  readonly listAtMs: number | undefined;
}

/**
 * When a source may take over, milliseconds of `Clock.elapsedMs()`: one window after it was really heard, that
 * is when it was attached and its first list seen or no longer waited for. Whatever was said before and is
 * therefore not carried by it has by then come through the source that serves. `quietMs`: at least so long
 * after it was attached again.
 */
export function handoverDueMs(
  { attachedAtMs = Infinity, listAtMs = Infinity }: Warmth,
  hasLists: boolean,
  quietMs: number,
  { handoverWindowMs, firstListTimeoutMs }: HandoverSettings,
): number {
  const wasHeard = !hasLists || listAtMs <= attachedAtMs;
  const heardAtMs = wasHeard ? attachedAtMs : Math.min(listAtMs, attachedAtMs + firstListTimeoutMs);
  return Math.max(heardAtMs + handoverWindowMs, attachedAtMs + quietMs);
}

const PATIENT: readonly RouteReason[] = ['flags', 'flags_unknown', 'retired'];

/** Whether a move for this reason takes its time; any other, such as a stop by hand, is done at once. */
export function isPatient(reason: RouteReason): boolean {
  return PATIENT.includes(reason);
}

/** The time after a handover in which both sources are still merged. */
export interface MergeWindow {
  readonly untilMs: number;
  /** the source that served before, while it brings what the new one does not */
  fillsIn: Source | undefined;
  /** the lists of a source that had to take over have not been looked at yet */
  listsDue: boolean;
}

/** How a handover may succeed. */
export type Arrival = Exclude<HandoverResult, 'turned_back' | 'left'>;

/** How far a topic is from one source to the other: nothing, on its way, or in the window after. */
export class Handover {
  window: MergeWindow | undefined;
  private startedMs: number | undefined;

  constructor(private readonly recorder: Recorder) {}

  get isUnderway(): boolean {
    return this.startedMs !== undefined;
  }

  /** Another source is wanted than the one that serves; calling it again does nothing. */
  begin(nowMs: number): void {
    this.startedMs ??= nowMs;
  }

  /** It is no longer wanted to move to `to`, or nobody is left who could be moved. */
  giveUp(to: Source, result: 'turned_back' | 'left', nowMs: number): void {
    if (this.startedMs !== undefined) this.end(to, result, nowMs);
  }

  /** `to` serves from now on. */
  arrive(to: Source, result: Arrival, isOldWell: boolean, nowMs: number, windowMs: number): void {
    this.end(to, result, nowMs);
    this.window =
      windowMs === 0
        ? undefined
        : {
            untilMs: nowMs + windowMs,
            fillsIn: isOldWell ? otherSource(to) : undefined,
            listsDue: result !== 'completed',
          };
  }

  private end(to: Source, result: HandoverResult, nowMs: number): void {
    this.recorder.handover(to, result, nowMs - (this.startedMs ?? nowMs));
    this.startedMs = undefined;
  }
}

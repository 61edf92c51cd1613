import type { HandoverResult, Recorder } from '../contracts/recorder.js';
import type { RouteReason } from '../domain/route.js';
import type { Source } from '../domain/source.js';
import type { HandoverSettings } from './handover-settings.js';
import { ReturnQuiet } from './return-quiet.js';

/** What of a source decides when it may take over. */
export interface Warmth {
  readonly attachedAtMs: number | undefined;
  readonly listAtMs: number | undefined;
  readonly hasLists: boolean;
}

/** How long a presence may take to open before that counts as a gap: so long a source that was just taken may be mute. */
export const OPENING_MS = 3_000;

const PATIENT: readonly RouteReason[] = ['flags', 'flags_unknown', 'retired'];

/** Whether a move for this reason takes its time; any other, such as a stop by hand, is done at once. */
export function isPatient(reason: RouteReason): boolean {
  return PATIENT.includes(reason);
}

/** The time after a handover in which both sources are still merged. */
export interface MergeWindow {
  readonly untilMs: number;
  /** whether the source that served before has been heard without a break since the switch */
  old: 'whole' | 'broke';
  /** the lists of a source that had to take over have not been looked at yet */
  listsDue: boolean;
}

/** How a handover may succeed. */
export type Arrival = Exclude<HandoverResult, 'turned_back' | 'left'>;

/** How far a topic is from one source to the other: nothing, on its way, or in the window after. */
export class Handover {
  window: MergeWindow | undefined;
  /** until when Redis was wanted last */
  redisWantedUntilMs: number | undefined;
  private startedMs: number | undefined;
  private quiet: ReturnQuiet | undefined;

  constructor(
    private readonly settings: HandoverSettings,
    private readonly recorder: Recorder,
  ) {}

  get isUnderway(): boolean {
    return this.startedMs !== undefined;
  }

  /** Redis broke while it was wanted: whoever returns to it waits. */
  redisBroke(nowMs: number): void {
    this.quiet ??= new ReturnQuiet(this.settings.returnAfterMs);
    this.quiet.broke(nowMs);
  }

  /**
   * When a source may take over, milliseconds of `Clock.elapsedMs()`: one window after it was really heard, that
   * is when it was attached and its first list was seen or is no longer waited for. Whatever was said before,
   * and is therefore not carried by it, has by then come through the source that serves. Redis must besides have
   * been well for the quiet time.
   */
  dueMs(to: Source, { attachedAtMs = Infinity, listAtMs = Infinity, hasLists }: Warmth): number {
    const { handoverWindowMs, firstListTimeoutMs } = this.settings;
    const openMs = to === 'redis' ? attachedAtMs + OPENING_MS : attachedAtMs;
    const firstMs = hasLists ? Math.min(listAtMs, attachedAtMs + firstListTimeoutMs) : openMs;
    const quietMs = to === 'redis' ? (this.quiet?.ms ?? 0) : 0;
    return Math.max(Math.max(attachedAtMs, firstMs) + handoverWindowMs, attachedAtMs + quietMs);
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
  arrive(to: Source, result: Arrival, old: MergeWindow['old'], nowMs: number): void {
    this.end(to, result, nowMs);
    const { handoverWindowMs } = this.settings;
    this.window =
      handoverWindowMs === 0
        ? undefined
        : {
            untilMs: nowMs + handoverWindowMs + (result === 'begun' ? OPENING_MS : 0),
            old,
            listsDue: result !== 'completed',
          };
  }

  private end(to: Source, result: HandoverResult, nowMs: number): void {
    this.recorder.handover(to, result, nowMs - (this.startedMs ?? nowMs));
    this.startedMs = undefined;
  }
}

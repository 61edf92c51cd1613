import type { Excuse } from './mismatch.js';
import type { ListPrint } from './list-print.js';

/** What one source last said of a list. */
export interface ListSide {
  /** undefined while it is not known what the source would say */
  print: ListPrint | undefined;
  /** why it is not known */
  unknown: Excuse;
  /** when the source read it, by its own clock, microseconds */
  stampMicros: number | undefined;
  /** when it last changed, and when it was last said at all, `Clock.elapsedMs()` */
  changedAtMs: number;
  saidAtMs: number;
  /** when it changed since the last time that the two were held against each other */
  freshAtMs: number | undefined;
}

export function unknownSide(unknown: Excuse): ListSide {
  return {
    print: undefined,
    unknown,
    stampMicros: undefined,
    changedAtMs: -Infinity,
    saidAtMs: -Infinity,
    freshAtMs: undefined,
  };
}

/**
 * Whether a list is an older one that arrives after a newer. Delays stay inside the window, so a stamp that is
 * further behind than the window is no delay but a clock that was set back, and the list is taken.
 */
export function isStale(
  side: ListSide,
  stampMicros: number | undefined,
  atMs: number,
  windowMs: number,
): boolean {
  if (side.print === undefined || side.stampMicros === undefined || stampMicros === undefined) return false;
  const behindMs = (side.stampMicros - stampMicros) / 1000;
  return behindMs > 0 && behindMs + (atMs - side.saidAtMs) <= windowMs;
}

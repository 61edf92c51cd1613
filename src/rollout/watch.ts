import type { Watch } from '../domain/decision.js';

/** What one look adds to the time that was watched. */
export interface WatchedLook {
  readonly nowMs: number;
  /** for how long the targets have been in force by the replicas' own report, ms; 0 when they are not */
  readonly inForceForMs: number;
  /** two looks further apart have not watched what was between them, ms */
  readonly maxApartMs: number;
}

export const UNWATCHED: Watch = Object.freeze({ soakedMs: 0, cooledMs: 0, clearMs: 0 });

/**
 * Adds the time since the last look, if it was watched. Downtime soaks nothing and breaks the quiet; a clock
 * that was set back adds nothing; of what was watched only that soaks for which the targets were in force.
 */
export function watchOn(watch: Watch, { nowMs, inForceForMs, maxApartMs }: WatchedLook): Watch {
  const apartMs = watch.lookedAtMs === undefined ? 0 : nowMs - watch.lookedAtMs;
  const watched = apartMs >= 0 && apartMs <= maxApartMs;
  const addMs = watched ? apartMs : 0;
  return Object.freeze({
    lookedAtMs: nowMs,
    soakedMs: watch.soakedMs + Math.min(addMs, inForceForMs),
    cooledMs: watch.cooledMs + addMs,
    clearMs: watched ? watch.clearMs + addMs : 0,
  });
}

/** A look that was not well clear of harm breaks the quiet. */
export function disturbed(watch: Watch): Watch {
  return Object.freeze({ ...watch, clearMs: 0 });
}

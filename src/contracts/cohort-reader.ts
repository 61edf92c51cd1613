import type { Cohorts } from '../domain/route.js';
import type { Cancel } from './clock.js';

/** Reads the two flags. */
export interface CohortReader {
  /** The cohorts of a user by the state in force, or undefined while no state is known. Never throws; well under 10 µs. */
  cohorts(uid: string): Cohorts | undefined;
  /** What is known of the flags themselves. */
  state(): FlagState;
  /** Tells of each new state in force, after it is in force. */
  onChange(listener: () => void): Cancel;
}

/** The flags as a whole, for metrics and for people. */
export interface FlagState {
  /** where the state in force came from; `none` before the first */
  readonly origin: FlagOrigin;
  /** percent of users whom the strategy picks, 0 to 100; undefined where unknown or not expressible */
  readonly comparePercent: number | undefined;
  readonly servePercent: number | undefined;
  /** when the state was last confirmed by its origin, `Clock.nowMs()`; undefined before the first */
  readonly confirmedAtMs: number | undefined;
  /** milliseconds since then, whatever has been done to the time of day meanwhile; undefined before the first */
  readonly ageMs: number | undefined;
  /** what is wrong with what was read last, each with its cure; empty when all is well */
  readonly problems: readonly string[];
}

export type FlagOrigin = 'none' | 'file' | 'server' | 'storage' | 'bootstrap';
export const FLAG_ORIGINS = [
  'none',
  'file',
  'server',
  'storage',
  'bootstrap',
] as const satisfies readonly FlagOrigin[];

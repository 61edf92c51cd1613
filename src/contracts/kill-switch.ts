import type { StopState, StopWish } from '../domain/stop-state.js';
import type { Cancel } from './clock.js';

/** Puts everybody on legacy, without the flag server, until a person lifts it. */
export interface KillSwitch {
  /** What holds here, as far as this replica has heard; held while nothing is heard. Never throws. */
  state(): StopState;
  /** Tells of each change, after it holds. */
  onChange(listener: () => void): Cancel;
}

/** A kill switch that the whole fleet shares. */
export interface FleetSwitch extends KillSwitch {
  /** What this replica's hearing is worth. */
  hearing(): StopHearing;
  /** Resolves once the fleet's word was read by a question asked after this call, however long that takes. Never rejects. */
  confirmed(): Promise<void>;
  /**
   * Makes a wish hold: a stop here before this returns, and either in the fleet before that resolves. One that answers
   * a word (`over`) changes nothing where another was said since. Never rejects.
   */
  say(wish: StopWish): Promise<StopSpread>;
}

/** Whether what holds here is what holds in the fleet. */
export interface StopHearing {
  /** when the fleet's word was last read, `Clock.nowMs()`; undefined before the first time */
  readonly confirmedAtMs: number | undefined;
  /** what is wrong, each with its cure; empty when all is well */
  readonly problems: readonly string[];
}

/** How far a wish got, and what holds here now. */
export type StopSpread =
  /** kept for the whole fleet, and announced to so many who listened */
  | { readonly reached: 'fleet'; readonly state: StopState; readonly heardBy: number }
  /** kept here alone, though so many may have heard of it; the problem says why, with its cure */
  | {
      readonly reached: 'replica';
      readonly state: StopState;
      readonly heardBy: number;
      readonly problem: string;
    }
  /** another word was said since the one that it answers: this is what holds */
  | { readonly reached: 'nobody'; readonly state: StopState };

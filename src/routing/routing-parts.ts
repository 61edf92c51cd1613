import type { Clock } from '../contracts/clock.js';
import type { CohortReader } from '../contracts/cohort-reader.js';
import type { Comparer } from '../contracts/comparer.js';
import type { EventSource } from '../contracts/event-source.js';
import type { KillSwitch } from '../contracts/kill-switch.js';
import type { Presence } from '../contracts/presence.js';
import type { Recorder } from '../contracts/recorder.js';
import type { Resync } from '../contracts/resync.js';
import type { RouteLimits } from '../domain/route.js';
import type { HandoverSettings } from './handover-settings.js';

/** What routing works with. A source that a mode does not have is left out, and is never asked for. */
export interface RoutingParts {
  readonly limits: RouteLimits;
  /** left out when legacy is retired */
  readonly legacy?: EventSource;
  /** left out in legacy mode */
  readonly redis?: EventSource;
  /** left out in legacy mode and when legacy is retired: no flag is asked */
  readonly flags?: CohortReader;
  /** left out where nobody can be stopped: in legacy mode and when legacy is retired */
  readonly killSwitch?: KillSwitch;
  readonly presence: Presence;
  /** left out where nothing is ever compared */
  readonly comparer?: Comparer;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /**
   * Whether chats are compared too. Off by default: it opens a chat's presence, and then the publisher marks
   * the chat's messages as read, which hides them from users whom legacy serves.
   */
  readonly compareChats: boolean;
  /** how users are moved; what is left out has its default */
  readonly handover?: Partial<HandoverSettings>;
  /** left out: what a gap swallowed in `complete` is counted and not re-read */
  readonly resync?: Resync;
}

import type { Topic } from '../domain/topic.js';
import type { Cancel } from './clock.js';
import type { PresenceListener } from './presence-listener.js';

/**
 * Tells the publisher that a user is present: it is silent about everybody else. To be held only after the
 * topic's subscription has been acknowledged, or the first snapshot is lost.
 */
export interface Presence {
  /** Holds the topic's user present until released; returns at once, never throws, keeps trying. */
  hold(topic: Topic): PresenceHold;
  /** Tells how the presences fare that are held here; left out where nobody knows: then each counts as open once held. Nothing is told of a hold before `hold` has returned. */
  listen?(listener: PresenceListener): Cancel;
}

export interface PresenceHold {
  /** Calling it again does nothing. */
  release(): void;
}

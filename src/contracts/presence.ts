import type { Topic } from '../domain/topic.js';

/**
 * Tells the publisher that a user is present: it is silent about everybody else. To be held only after the
 * topic's subscription has been acknowledged, or the first snapshot is lost.
 */
export interface Presence {
  /** Holds the topic's user present until released; returns at once, never throws, keeps trying. */
  hold(topic: Topic): PresenceHold;
}

export interface PresenceHold {
  /**
   * Calling it again does nothing. `at_leisure` (default) may linger, since closing a presence silences the uid
   * elsewhere; `at_once` may not: a chat whose messages legacy shall show again must not be marked as read.
   */
  release(how?: 'at_leisure' | 'at_once'): void;
}

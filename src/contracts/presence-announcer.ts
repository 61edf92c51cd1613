import type { Cancel } from './clock.js';

/**
 * Tells the replicas of each other's closes: one closed presence of a uid makes the publisher silent about
 * that uid everywhere, for up to 45 s. Best effort: no call throws or waits.
 */
export interface PresenceAnnouncer {
  /** A presence of this uid was closed or lost here. May come for many uids at once; merging them is allowed. */
  closed(uid: string): void;
  /** Tells of what other replicas announced; never of what was announced here. */
  onClosed(listener: (uid: string) => void): Cancel;
}

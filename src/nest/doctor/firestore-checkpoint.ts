import { FirestoreResync } from '../../resync/firestore-resync.js';
import { CANARY_UID } from './commands-checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import { fault, ok, skipped } from './finding.js';
import { why } from './why.js';

const LIMIT_MS = 4_000;

/** Reads a user's unread notifications as a resync does; only the host has a client for it. */
export const firestoreCheckpoint: Checkpoint = {
  name: 'firestore',
  needs: [],
  limitMs: 2 * LIMIT_MS,
  cure: 'Give its service account the right to read clients/UID/notifications, and see that Firestore is reached from here.',
  async run({ firestore, uid = CANARY_UID, clock }) {
    if (firestore === undefined)
      return [skipped('No client: a host that re-reads from Firestore gives its own to examine()')];
    const sinceMs = clock.elapsedMs();
    try {
      await new FirestoreResync({ firestore, clock, timeoutMs: LIMIT_MS }).read({ uid });
      return [ok('Firestore answers for a user’s notifications', clock.elapsedMs() - sinceMs)];
    } catch (error) {
      return [fault(`Firestore cannot be read (${why(error)})`, firestoreCheckpoint.cure)];
    }
  },
};

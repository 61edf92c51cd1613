import type { Clock } from '../contracts/clock.js';
import type { Resync } from '../contracts/resync.js';
import type { Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';
import { beforeDeadline } from './before-deadline.js';
import type { FirestorePort, FirestoreTime } from './firestore-port.js';
import { notificationItem } from './notification-item.js';
import { pythonTime } from './python-time.js';

export interface FirestoreResyncOptions {
  /** the host's own client, such as `new Firestore()` of `@google-cloud/firestore` */
  readonly firestore: FirestorePort;
  readonly clock: Clock;
  /** how long an answer may take, default 5,000 */
  readonly timeoutMs?: number;
}

/**
 * Reads a user's unread notifications where the publisher reads them, as the `notif.sync` that it would have
 * sent. Chats and other types are not there to be read: for a chat the answer is empty.
 */
export class FirestoreResync implements Resync {
  constructor(private readonly options: FirestoreResyncOptions) {}

  async read({ uid, chat }: Topic): Promise<readonly Envelope[]> {
    if (chat !== undefined) return [];
    const { firestore, clock, timeoutMs = 5000 } = this.options;
    const askedAt = timeOf(clock.nowMs());
    const query = firestore.collection(`clients/${uid}/notifications`).where('read', '==', false);
    const { docs, readTime } = await beforeDeadline(query.get(), clock, timeoutMs);
    const notifications = docs.map(notificationItem).sort(newestFirst);
    // Dated when the documents were so, never later: a list that the publisher reads afterwards must win.
    const { seconds, nanoseconds } = readTime ?? askedAt;
    const timestamp = pythonTime(seconds, nanoseconds / 1000);
    const payload = { notifications, count: notifications.length, timestamp };
    return [{ type: 'notif.sync', uid, timestamp, payload }];
  }
}

function newestFirst(a: { readonly timestamp: string }, b: { readonly timestamp: string }): number {
  if (a.timestamp === b.timestamp) return 0;
  return a.timestamp < b.timestamp ? 1 : -1;
}

function timeOf(nowMs: number): FirestoreTime {
  const seconds = Math.floor(nowMs / 1000);
  return { seconds, nanoseconds: Math.floor((nowMs - seconds * 1000) * 1_000_000) };
}

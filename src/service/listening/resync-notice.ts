import type { Envelope } from '../../index.js';

/** The type of the envelope that tells a client to read the truth again. */
export const RESYNC_TYPE = 'crossfade.resync';

/**
 * Tells a client, in an envelope like any other, that it was too slow and missed `missed` events. The newest state
 * of each list follows; whatever else counts is to be read again where it is kept.
 */
export function resyncNotice(uid: string, missed: number): Envelope {
  return {
    type: RESYNC_TYPE,
    uid,
    timestamp: new Date().toISOString().replace('Z', '+00:00'),
    payload: { reason: 'slow_client', missed },
  };
}

const LISTS: ReadonlySet<string> = new Set(['notif.sync', 'msg.sync']);

/** `type` where its messages are whole lists, of which the newest is enough. */
export function listTypeOf(type: string): string | undefined {
  return LISTS.has(type) ? type : undefined;
}

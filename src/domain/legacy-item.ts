import type { Topic } from './topic.js';
import { isJsonObject, type Envelope, type JsonObject } from './user-event.js';
import { isEnvelope } from './envelope.js';

/** An item of the legacy queue: which listener spoke, and what it said; no uid, no type, no envelope. */
export type LegacyTuple = readonly [listener: string, payload: JsonObject];

/** What a backend may push: its own tuple, or an envelope as on Redis. */
export type LegacyItem = LegacyTuple | Envelope;

const LISTENER_TYPES: ReadonlyMap<string, string> = new Map([
  ['notifications', 'notif.sync'],
  ['messages', 'msg.sync'],
]);
const CHAT_LISTENER = 'chat_';
/** what of an envelope a tuple can hold */
const TUPLE_KEYS: readonly string[] = ['type', 'uid', 'timestamp', 'payload'];

/** Turns what the legacy side said for `uid` into an envelope, or `undefined` where it is neither tuple nor envelope of that uid. */
export function envelopeOfLegacyItem(uid: string, item: unknown): Envelope | undefined {
  if (isTuple(item)) {
    const [listener, payload] = item;
    const type =
      LISTENER_TYPES.get(listener) ?? (listener.startsWith(CHAT_LISTENER) ? 'chat.message' : listener);
    return { type, uid, timestamp: payload['timestamp'], payload };
  }
  return isEnvelope(item) && item.uid === uid ? item : undefined;
}

/** What the legacy side may have said for an envelope: its tuple where that can hold all of it, else the envelope. */
export function legacyItemOf(envelope: Envelope): LegacyItem {
  const { type, timestamp, payload } = envelope;
  const listener = listenerOf(type, payload);
  const fits =
    listener !== undefined &&
    isJsonObject(payload) &&
    Object.keys(envelope).every((key) => TUPLE_KEYS.includes(key)) &&
    (timestamp === undefined || timestamp === payload['timestamp']);
  return fits ? [listener, payload] : envelope;
}

function listenerOf(type: string, payload: unknown): string | undefined {
  if (type === 'chat.message') {
    const { space_code: space, thread_key: thread } = isJsonObject(payload) ? payload : {};
    return `${CHAT_LISTENER}${partOf(space)}_${partOf(thread)}`;
  }
  for (const [listener, itsType] of LISTENER_TYPES) if (itsType === type) return listener;
  return LISTENER_TYPES.has(type) || type.startsWith(CHAT_LISTENER) ? undefined : type;
}

function partOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/**
 * The chat that an envelope belongs to, where it names both space and thread. The publisher sends a chat
 * message that lacks either on the user's own channel, and so does the legacy side here.
 */
export function topicOfEnvelope(envelope: Envelope): Topic {
  const { uid, type, payload } = envelope;
  if (type !== 'chat.message' || !isJsonObject(payload)) return { uid };
  const { space_code: spaceCode, thread_key: threadKey } = payload;
  if (typeof spaceCode !== 'string' || typeof threadKey !== 'string' || spaceCode === '' || threadKey === '')
    return { uid };
  return { uid, chat: { spaceCode, threadKey } };
}

function isTuple(item: unknown): item is LegacyTuple {
  return (
    Array.isArray(item) &&
    item.length === 2 &&
    typeof item[0] === 'string' &&
    item[0] !== '' &&
    isJsonObject(item[1])
  );
}

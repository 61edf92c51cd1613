import { digestValue } from './canonical-value.js';
import { digestPair, digestText } from './digest.js';
import { isJsonObject, type JsonObject, type UserEvent } from './user-event.js';

/**
 * By what a one-to-one event is known, whichever source says it: a chat message by its id within its thread,
 * anything else by a digest of its type and of what it says, timestamps left out. One event may hold several
 * chat messages, and then has one identity for each.
 */
export function eventIdentities(event: UserEvent): readonly string[] {
  const messages = chatMessages(event.type, event.payload);
  if (messages === undefined) return [contentIdentity(event.type, contentOf(event))];
  return messages.map((message) => chatIdentity(event.payload, message));
}

/** The messages of a chat event, or undefined where it is no chat event or holds none. */
export function chatMessages(type: string, payload: JsonObject): readonly JsonObject[] | undefined {
  if (type !== 'chat.message') return undefined;
  const messages = payload['raw_messages'];
  return Array.isArray(messages) && messages.length > 0 && messages.every(isJsonObject)
    ? messages
    : undefined;
}

/** The id that a chat message has within its thread, or undefined where it has none. */
export function chatMessageId(message: JsonObject): string | undefined {
  const { id } = message;
  if (Number.isFinite(id)) return String(id);
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** The identity of one chat message; a message without an id is known by what it says. */
export function chatIdentity(payload: JsonObject, message: JsonObject): string {
  const id = chatMessageId(message);
  if (id === undefined) return contentIdentity('chat.message', message);
  return `${part(payload['space_code'])}\u0000${part(payload['thread_key'])}\u0000${id}`;
}

/** What an event says besides whose it is and when it was said. */
export function contentOf({ envelope }: UserEvent): JsonObject {
  // Not a copy from which keys are deleted: such an object is a dictionary, and slow from then on.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- what is left out
  const { type, uid, timestamp, ...content } = envelope;
  return content;
}

/** The identity of whatever has no id of its own; in decimal, which is written in a sixth of the time of base 36. */
export function contentIdentity(type: string, content: unknown): string {
  return `#${digestPair(digestText(type), digestValue(content))}`;
}

function part(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

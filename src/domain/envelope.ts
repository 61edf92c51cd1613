import { isJsonObject, type Envelope } from './user-event.js';

/** Why a message was not read: it is no envelope, or it speaks of another user than its channel's. */
export type Rejection = 'unreadable' | 'misrouted';

/**
 * Reads one message of a channel that belongs to `uid`. The channel is the authority on whose message
 * it is: an envelope of another uid is `misrouted`. Python's bare `NaN` and `Infinity`, which are not
 * JSON, are read as `null` rather than lost.
 */
export function readEnvelope(text: string, uid: string): Envelope | Rejection {
  const value = parseLeniently(text);
  if (!isEnvelope(value)) return 'unreadable';
  return value.uid === uid ? value : 'misrouted';
}

export function isEnvelope(value: unknown): value is Envelope {
  return (
    isJsonObject(value) &&
    typeof value['type'] === 'string' &&
    value['type'] !== '' &&
    typeof value['uid'] === 'string'
  );
}

/** JSON as Python may write it; `undefined` stands for text that is none: JSON itself has no such value. */
export function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (!/NaN|Infinity/.test(text)) return undefined;
  }
  try {
    return JSON.parse(
      text.replace(STRING_OR_BARE_NUMBER, (token) => (token.startsWith('"') ? token : 'null')),
    );
  } catch {
    return undefined;
  }
}

// Strings are matched first and kept, so that a text that speaks of NaN is not touched.
const STRING_OR_BARE_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:NaN|Infinity)\b/gs;

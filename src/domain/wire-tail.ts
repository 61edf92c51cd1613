import { timestampMicros } from './timestamp.js';

/**
 * The tail of a list as the publisher writes it: the payload stands last in the envelope, and its timestamp last
 * in the payload, so that the message ends with `"timestamp": "…"}}`. Nothing else can: a quote inside a text is
 * escaped. Any other tail says nothing, and the message is parsed in full.
 */
const HEAD = '"timestamp": "';
const TAIL = '"}}';
const MAX_STAMP = 40;

/** When the list was read, microseconds of the publisher's clock; undefined where the tail is not exactly the publisher's. */
export function listStampInTail(bytes: Uint8Array): number | undefined {
  let text = '';
  for (let i = Math.max(0, bytes.length - HEAD.length - MAX_STAMP - TAIL.length); i < bytes.length; i++)
    text += String.fromCharCode(bytes[i] ?? 0);
  const start = text.lastIndexOf(HEAD);
  if (start < 0 || !text.endsWith(TAIL)) return undefined;
  return timestampMicros(text.slice(start + HEAD.length, -TAIL.length));
}

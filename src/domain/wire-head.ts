import { KNOWN_TYPES } from './event-type.js';

/**
 * The head of a message as the publisher writes it (Python's `json.dumps`): `{"type": "…", "uid": "…"`.
 * Comparing it byte by byte proves whose message it is without parsing the rest. Any other head proves
 * nothing, because nested, doubled or escaped keys can stand anywhere: such a message is parsed in full.
 */
const TYPE_HEAD = bytesOf('{"type": "');
const UID_HEAD = bytesOf('", "uid": "');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACE = 0x7d;
const MAX_TYPE_BYTES = 64;

/** The type that the head names, or `undefined` when the head is not exactly the publisher's for this uid. */
export function typeInHead(bytes: Uint8Array, uid: string): string | undefined {
  const typeStart = TYPE_HEAD.length;
  if (!startsAt(bytes, TYPE_HEAD, 0)) return undefined;
  let end = typeStart;
  const limit = Math.min(bytes.length, typeStart + MAX_TYPE_BYTES);
  while (end < limit && bytes[end] !== QUOTE) {
    const byte = bytes[end] ?? 0;
    if (byte === BACKSLASH || byte > 0x7e || byte < 0x20) return undefined;
    end++;
  }
  if (end === typeStart || !isUidAt(bytes, uid, end)) return undefined;
  return knownType(bytes, typeStart, end) ?? asciiSlice(bytes, typeStart, end);
}

/** Whether `", "uid": "…"` follows, and then the end of the pair; a uid has no other characters than ASCII. */
function isUidAt(bytes: Uint8Array, uid: string, offset: number): boolean {
  const start = offset + UID_HEAD.length;
  const end = start + uid.length;
  if (bytes[end] !== QUOTE || !startsAt(bytes, UID_HEAD, offset)) return false;
  for (let i = 0; i < uid.length; i++) if (bytes[start + i] !== uid.charCodeAt(i)) return false;
  const next = bytes[end + 1];
  return next === COMMA || next === BRACE;
}

/** By length, so that no text is made for a type that is known: what counts by type finds it at once. */
const KNOWN: readonly (readonly { readonly type: string; readonly bytes: Uint8Array }[])[] = Array.from(
  { length: MAX_TYPE_BYTES + 1 },
  (_, length) =>
    KNOWN_TYPES.filter((type) => type.length === length).map((type) => ({ type, bytes: bytesOf(type) })),
);

function knownType(bytes: Uint8Array, start: number, end: number): string | undefined {
  const candidates = KNOWN[end - start] ?? [];
  for (const { type, bytes: known } of candidates) if (startsAt(bytes, known, start)) return type;
  return undefined;
}

function startsAt(bytes: Uint8Array, head: Uint8Array, offset: number): boolean {
  if (bytes.length < offset + head.length) return false;
  for (let i = 0; i < head.length; i++) if (bytes[offset + i] !== head[i]) return false;
  return true;
}

function asciiSlice(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}

/**
 * The head of a message as the publisher writes it (Python's `json.dumps`): `{"type": "…", "uid": "…"`.
 * Comparing it byte by byte proves whose message it is without parsing the rest. Any other head proves
 * nothing, because nested, doubled or escaped keys can stand anywhere: such a message is parsed in full.
 */
const TYPE_HEAD = bytesOf('{"type": "');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACE = 0x7d;
const MAX_TYPE_BYTES = 64;

/** What must follow the type in a message for `uid`; made once per subscription. */
export function uidHead(uid: string): Uint8Array {
  return bytesOf(`", "uid": "${uid}"`);
}

/** The type that the head names, or `undefined` when the head is not exactly the publisher's for this uid. */
export function typeInHead(bytes: Uint8Array, expectedUidHead: Uint8Array): string | undefined {
  const typeStart = TYPE_HEAD.length;
  if (!startsAt(bytes, TYPE_HEAD, 0)) return undefined;
  let end = typeStart;
  const limit = Math.min(bytes.length, typeStart + MAX_TYPE_BYTES);
  while (end < limit && bytes[end] !== QUOTE) {
    const byte = bytes[end] ?? 0;
    if (byte === BACKSLASH || byte > 0x7e || byte < 0x20) return undefined;
    end++;
  }
  if (end === typeStart || !startsAt(bytes, expectedUidHead, end)) return undefined;
  const next = bytes[end + expectedUidHead.length];
  if (next !== COMMA && next !== BRACE) return undefined;
  return asciiSlice(bytes, typeStart, end);
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

/** The head is ASCII: a uid has no other characters. */
function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}

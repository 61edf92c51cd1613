const HEAD = /^\s*\{\s*"type"\s*:\s*"([^"\\]{1,64})"/;
const HEAD_BYTES = 128;

/** The type that an envelope names first, as the publisher and the gateway write it; else an empty text. */
export function typeOfText(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES)).toString(
    'latin1',
  );
  return HEAD.exec(head)?.[1] ?? '';
}

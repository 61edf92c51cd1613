/** What Redis pushes to a subscriber: three parts, of which the last is the message. */
const MESSAGE = /\*3\r\n\$7\r\nmessage\r\n\$\d+\r\n[^\r]*\r\n\$\d+\r\n[^\r]*\r\n/g;

/** A filter for a proxy before a Redis, after which every question is answered and no message comes. */
export function withoutMessages(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(MESSAGE, ''), 'latin1');
}

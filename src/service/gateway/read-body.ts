import type { IncomingMessage } from 'node:http';

/** whoever sends this slowly keeps others from sending */
const WITHIN_MS = 30_000;

/** The body of a request as text; `too_large` beyond `maxBytes`, `broken` where it does not end within 30 s. Never rejects. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly text: string } | 'too_large' | 'broken'> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return 'too_large';
  const timer = setTimeout(() => request.destroy(), WITHIN_MS).unref();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) return 'too_large';
      chunks.push(chunk);
    }
  } catch {
    return 'broken';
  } finally {
    clearTimeout(timer);
  }
  return { text: Buffer.concat(chunks).toString('utf8') };
}

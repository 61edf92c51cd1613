import type { IncomingMessage } from 'node:http';

/** The body of a request as text; `too_large` beyond `maxBytes`, `broken` where the client went away. Never rejects. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly text: string } | 'too_large' | 'broken'> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return 'too_large';
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
  }
  return { text: Buffer.concat(chunks).toString('utf8') };
}

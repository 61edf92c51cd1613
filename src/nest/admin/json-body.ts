import type { IncomingMessage } from 'node:http';
import { AdminRefusal } from './admin-refusal.js';

/** more than any action has to say */
export const MOST_BODY_BYTES = 16_384;
/** what is read and thrown away of a larger one, so that its sender lives to hear why */
const MOST_DRAINED_BYTES = 1_048_576;

/** Reads what a request says, which is a JSON object or nothing. @throws AdminRefusal 400 or 413 */
export async function jsonBody(request: IncomingMessage): Promise<object> {
  const text = await textOf(request);
  if (request.headers['content-encoding'] !== undefined) throw refusedBody('The body is packed.');
  if (text.trim() === '') return {};
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw refusedBody('The body is not of the type application/json.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusedBody('The body is no JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusedBody('The body is no JSON object.');
  return value;
}

/** Reads what a GET should not have said, and leaves it at that. @throws AdminRefusal 413 */
export async function noBody(request: IncomingMessage): Promise<object> {
  await textOf(request);
  return {};
}

async function textOf(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_DRAINED_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_DRAINED_BYTES) throw tooLarge();
    if (bytes <= MOST_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MOST_BODY_BYTES) throw tooLarge();
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): AdminRefusal {
  const problem = `The body is larger than ${MOST_BODY_BYTES} bytes.`;
  // What is still to come is not read.
  return new AdminRefusal(413, 'body_too_large', problem, 'Send what the action asks for.', {
    Connection: 'close',
  });
}

function refusedBody(problem: string): AdminRefusal {
  return new AdminRefusal(400, 'invalid_body', problem, 'Send a JSON object, or nothing.');
}

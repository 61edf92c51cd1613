import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** What is asked of a backend. */
export interface RecordRequest {
  /** base URL of the backend */
  readonly url: string;
  readonly token: string;
  readonly seconds: number;
  /** empty: everybody who is compared there */
  readonly uids: readonly string[];
  readonly values: boolean;
}

export interface Recorded {
  readonly lines: number;
  /** arrivals that the backend could not write in time, by its own account */
  readonly dropped: number;
}

/** The backend cannot be reached, refuses, or broke off; the message says what to do. */
export class RecordingRefused extends Error {
  override readonly name = 'RecordingRefused';
}

/**
 * Writes a recording of a running backend to a file, or to standard output. Whole lines only; what was written
 * before a break stays. @throws RecordingRefused
 */
export async function record(
  request: RecordRequest,
  out: string | undefined,
  stop: AbortSignal,
): Promise<Recorded> {
  const reading = new LineReading(await open(request, stop));
  const target = out === undefined ? process.stdout : createWriteStream(out);
  await pipeline(reading.lines(), target, { end: out !== undefined });
  if (reading.isBroken && !stop.aborted)
    throw new RecordingRefused(
      `The backend broke off after ${reading.recorded.lines} lines. Record again for the rest.`,
    );
  return reading.recorded;
}

async function open(request: RecordRequest, stop: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const response = await fetch(addressOf(request), {
    headers: { authorization: `Bearer ${request.token}` },
    signal: stop,
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw new RecordingRefused(
      `${request.url} cannot be reached${cause}. Give the address of a running backend.`,
    );
  });
  if (!response.ok || response.body === null) throw new RecordingRefused(await refusal(response));
  return response.body;
}

function addressOf({ url, seconds, uids, values }: RecordRequest): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new RecordingRefused('--url is no base URL. Give one such as http://127.0.0.1:3000.');
  const query = new URLSearchParams({ seconds: String(seconds) });
  for (const uid of uids) query.append('uid', uid);
  if (values) query.set('values', 'true');
  return `${url.replace(/\/+$/, '')}/crossfade/api/record?${query.toString()}`;
}

async function refusal(response: Response): Promise<string> {
  if (response.status === 404)
    return 'The backend has no admin API at this address. Set CROSSFADE_ADMIN_OPERATOR_TOKEN there.';
  const text = await response.text().catch(() => '');
  return `The backend refused (${response.status}): ${messageIn(text) ?? 'ask whoever runs it.'}`;
}

function messageIn(text: string): string | undefined {
  try {
    const { message, cure } = JSON.parse(text) as { message?: unknown; cure?: unknown };
    if (typeof message !== 'string') return undefined;
    return typeof cure === 'string' ? `${message} ${cure}` : message;
  } catch {
    return undefined;
  }
}

/** Takes apart into lines what a backend sends; a break is the end of what came whole. */
class LineReading {
  recorded: Recorded = { lines: 0, dropped: 0 };
  isBroken = false;

  constructor(private readonly body: AsyncIterable<Uint8Array>) {}

  async *lines(): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of this.body) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = parts.pop() ?? '';
        for (const line of parts.filter((each) => each !== '')) {
          this.count(line);
          yield `${line}\n`;
        }
      }
    } catch {
      this.isBroken = true;
    }
  }

  private count(line: string): void {
    const { lines, dropped } = this.recorded;
    this.recorded = { lines: lines + 1, dropped: dropped + droppedIn(line) };
  }
}

/** How many arrivals a line says to be missing. */
function droppedIn(line: string): number {
  return Number(/^\{[^{]*"gap":"end"[^{]*"dropped":(\d+)\}$/.exec(line)?.[1] ?? 0);
}

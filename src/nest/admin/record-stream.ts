import type { ServerResponse } from 'node:http';
import type { TraceSink, TraceTap } from '../../comparing/trace-tap.js';

/** Below the shortest time after which proxies drop what is silent. */
const HEARTBEAT_MS = 15_000;

/** One response that carries a recording, a line at a time, as fast as its reader takes them. */
export class RecordStream implements TraceSink {
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly response: ServerResponse) {}

  /** Begins the response, and ends the tap with it. */
  follow(tap: TraceTap): void {
    const { response } = this;
    response.writeHead(200, {
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    response.on('drain', () => {
      tap.resume();
    });
    for (const event of ['close', 'error'])
      response.on(event, () => {
        tap.stop();
      });
    // An empty line says nothing in a recording.
    this.heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write('\n');
    }, HEARTBEAT_MS).unref();
  }

  write(line: string): boolean {
    return this.response.write(`${line}\n`);
  }

  end(): void {
    clearInterval(this.heartbeat);
    this.response.end();
  }
}

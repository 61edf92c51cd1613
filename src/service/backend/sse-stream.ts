import type { Response } from 'express';

const HEARTBEAT_MS = 15_000;
/** What may wait for a slow reader before it is cut off: the process's memory is everybody's. */
const MAX_WAITING_BYTES = 1_000_000;

/** One Server-Sent Events response. */
export class SseStream {
  private readonly heartbeat: NodeJS.Timeout;
  private ended: (() => void)[] = [];
  private open = true;

  constructor(private readonly response: Response) {
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      Connection: 'keep-alive',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    this.heartbeat = setInterval(() => {
      this.write(': \n\n');
    }, HEARTBEAT_MS).unref();
  }

  /** Sends one event; `name` undefined is the default `message`. */
  send(name: string | undefined, data: unknown): void {
    this.write(`${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`);
  }

  onEnd(task: () => void): void {
    if (this.open) this.ended.push(task);
    else task();
  }

  end(): void {
    if (!this.open) return;
    this.open = false;
    clearInterval(this.heartbeat);
    this.response.end();
    for (const task of this.ended) task();
    this.ended = [];
  }

  private write(text: string): void {
    if (!this.open) return;
    this.response.write(text);
    if (this.response.writableLength <= MAX_WAITING_BYTES) return;
    this.response.destroy();
    this.end();
  }
}

import { SystemClock } from '../../tools.js';
import type { Response } from 'express';
import { PacedReader, type Outlet } from './paced-reader.js';
import { resyncNotice } from './resync-notice.js';

const HEARTBEAT_MS = 15_000;
/** What may wait for a slow reader before it is told what it missed: the process's memory is everybody's. */
const MAX_WAITING_BYTES = 4_000_000;

/** What a stream tells about its reader, for whoever counts. */
export interface SseOptions {
  readonly bufferBytes?: number;
  readonly onResync?: (missed: number) => void;
}

/** One Server-Sent Events response. */
export class SseStream implements Outlet<string> {
  private readonly heartbeat: NodeJS.Timeout;
  private readonly reader: PacedReader<string>;
  private ended: (() => void)[] = [];
  private open = true;

  constructor(
    private readonly response: Response,
    private readonly uid: string,
    options: SseOptions = {},
  ) {
    this.reader = new PacedReader(this, {
      clock: new SystemClock(),
      bufferBytes: options.bufferBytes ?? MAX_WAITING_BYTES,
      ...(options.onResync === undefined ? {} : { onResync: options.onResync }),
    });
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      Connection: 'keep-alive',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    this.heartbeat = setInterval(() => {
      if (this.waitingBytes === 0) this.send(': \n\n');
    }, HEARTBEAT_MS).unref();
  }

  /** Tells one event; `name` undefined is the default `message`. Of what has a `listType`, the newest is enough. */
  tell(name: string | undefined, data: unknown, listType?: string): void {
    this.reader.next(
      frameOf(name, data),
      () => listType,
      (frame) => frame,
    );
  }

  onEnd(task: () => void): void {
    if (this.open) this.ended.push(task);
    else task();
  }

  end(): void {
    if (!this.open) return;
    this.open = false;
    clearInterval(this.heartbeat);
    this.reader.end();
    this.response.end();
    for (const task of this.ended) task();
    this.ended = [];
  }

  get waitingBytes(): number {
    return this.response.writableLength;
  }

  send(text: string): void {
    // Somebody else may have ended the response, and a write after that would be an error.
    if (this.open && !this.response.writableEnded) this.response.write(text);
  }

  sendResync(missed: number): void {
    this.send(frameOf(undefined, resyncNotice(this.uid, missed)));
  }

  giveUp(): void {
    // For whoever counts how streams end.
    this.response.locals['tooSlow'] = true;
    this.response.destroy();
    this.end();
  }
}

function frameOf(name: string | undefined, data: unknown): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

import { WebSocket } from 'ws';
import type { Clock } from '../contracts/clock.js';

const OPEN_TIMEOUT_MS = 10_000;
const PONG_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1000;

/** Who is told of one connection: at most once that it opened, then exactly once that it ended. */
export interface ConnectionListener {
  opened(): void;
  /** `heardAtMs`: when the publisher was last heard, of `Clock.elapsedMs()`; undefined where it never opened */
  ended(error: Error, heardAtMs: number | undefined): void;
}

/** One WebSocket to the publisher, from its opening to its end. What it receives is discarded. */
export class PresenceConnection {
  private readonly socket: WebSocket;
  private error: Error | undefined;
  private readonly startedAtMs: number;
  private pingedAtMs = 0;
  private heardAtMs: number | undefined;

  /** @throws where the URL or the connection cannot even be made; the listener is told nothing then */
  constructor(
    url: string,
    private readonly clock: Clock,
    private readonly pingIntervalMs: number,
    listener: ConnectionListener,
  ) {
    this.startedAtMs = clock.elapsedMs();
    this.socket = new WebSocket(url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      finishRequest: (request) => {
        request.on('socket', (socket) => socket.unref());
        request.end();
      },
    });
    this.socket.on('error', (error) => {
      this.error ??= error;
    });
    this.socket.on('open', () => {
      this.pingedAtMs = this.heard();
      listener.opened();
    });
    for (const sign of ['message', 'pong', 'ping']) this.socket.on(sign, () => this.heard());
    this.socket.on('close', (code) => {
      listener.ended(this.error ?? new Error(`the publisher closed it (code ${code})`), this.heardAtMs);
    });
  }

  /** To be called now and then: pings, and ends what does not answer. */
  sweep(nowMs: number): void {
    if (this.heardAtMs === undefined) {
      if (nowMs - this.startedAtMs >= OPEN_TIMEOUT_MS) this.end(new Error('it did not open in time'));
    } else if (this.heardAtMs < this.pingedAtMs) {
      if (nowMs - this.pingedAtMs >= PONG_TIMEOUT_MS) this.end(new Error('no pong came in time'));
    } else if (nowMs - this.pingedAtMs >= this.pingIntervalMs && this.socket.readyState === WebSocket.OPEN) {
      this.pingedAtMs = nowMs;
      // The error, if there is one, comes as an event too.
      this.socket.ping(undefined, undefined, () => undefined);
    }
  }

  /** Says goodbye; whoever does not answer within 1 s is left. */
  close(): void {
    if (this.socket.readyState !== WebSocket.OPEN) {
      this.socket.terminate();
      return;
    }
    this.socket.close(1000);
    const cancel = this.clock.after(CLOSE_TIMEOUT_MS, () => {
      this.socket.terminate();
    });
    this.socket.once('close', cancel);
  }

  private end(error: Error): void {
    this.error ??= error;
    this.socket.terminate();
  }

  private heard(): number {
    return (this.heardAtMs = this.clock.elapsedMs());
  }
}

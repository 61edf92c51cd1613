import { WebSocket } from 'ws';
import type { Cancel, Clock } from '../../index.js';
import { PacedReader, type Outlet } from '../listening/paced-reader.js';
import { listTypeOf, resyncNotice } from '../listening/resync-notice.js';
import { Allowance } from './allowance.js';
import { CLOSE_CODES } from './close-code.js';
import type { Ending } from './gateway-catalogue.js';
import { GOODBYE_WITHIN_MS, PING_EVERY_MS, type GatewayLimits } from './gateway-limits.js';
import type { Listener } from './listener-book.js';
import { typeOfText } from './type-of-text.js';

export interface SocketListenerOptions {
  readonly uid: string;
  readonly expiresAtMs: number | undefined;
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly onResync: (missed: number) => void;
  readonly onClose: (why: Ending) => void;
}

/** One WebSocket client: gets one envelope a text frame, and says nothing that anybody reads. */
export class SocketListener implements Listener, Outlet<Uint8Array> {
  private readonly reader: PacedReader<Uint8Array>;
  private readonly allowance: Allowance;
  private stopListening: Cancel = () => undefined;
  private ending: Ending | undefined;
  private cutOffAtMs = Infinity;
  private nextPingAtMs: number;
  private isAlive = true;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: SocketListenerOptions,
  ) {
    const { limits, clock, onResync } = options;
    this.allowance = new Allowance(limits.maxMessagesPerSecond);
    // Spread, so that clients who came together are not all pinged together.
    this.nextPingAtMs = clock.elapsedMs() + PING_EVERY_MS * (0.5 + Math.random() / 2);
    this.reader = new PacedReader(this, { clock, bufferBytes: limits.bufferBytes, onResync });
    this.hear(socket);
  }

  get uid(): string {
    return this.options.uid;
  }

  get expiresAtMs(): number | undefined {
    return this.options.expiresAtMs;
  }

  get waitingBytes(): number {
    return this.socket.bufferedAmount;
  }

  /** Whatever was opened for this client is closed with it. */
  readFrom(open: (next: (bytes: Uint8Array) => void) => Cancel): void {
    if (this.isEnding()) return;
    this.stopListening = open((bytes) => {
      // Bytes of Redis are a view of a larger piece of the socket's memory, which a slow client would hold.
      const frame = Buffer.from(bytes);
      this.reader.next(frame, () => listTypeOf(typeOfText(frame)), keepAsItIs);
    });
    // What is said while it opens may already have been too much.
    if (this.isEnding()) this.stopListening();
  }

  private isEnding(): boolean {
    return this.ending !== undefined;
  }

  send(frame: Uint8Array): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame, { binary: false });
  }

  sendResync(missed: number): void {
    this.send(Buffer.from(JSON.stringify(resyncNotice(this.uid, missed))));
  }

  giveUp(): void {
    this.end('too_slow');
  }

  end(why: keyof typeof CLOSE_CODES): void {
    if (this.ending !== undefined) return;
    const [code, reason] = CLOSE_CODES[why];
    this.goodbye(why);
    this.socket.close(code, reason);
  }

  cutOff(): void {
    this.socket.terminate();
  }

  tick(elapsedMs: number): void {
    if (elapsedMs >= this.cutOffAtMs) this.socket.terminate();
    if (this.ending !== undefined || elapsedMs < this.nextPingAtMs) return;
    if (!this.isAlive) {
      this.goodbye('no_pong');
      this.socket.terminate();
      return;
    }
    this.isAlive = false;
    this.nextPingAtMs = elapsedMs + PING_EVERY_MS;
    this.socket.ping();
  }

  private hear(socket: WebSocket): void {
    socket.on('message', (_data, isBinary) => {
      this.isAlive = true;
      if (isBinary) this.end('binary');
      else this.countMessage();
    });
    socket.on('ping', () => {
      this.isAlive = true;
      this.countMessage();
    });
    socket.on('pong', () => {
      this.isAlive = true;
    });
    socket.on('error', (error: Error & { code?: string }) => {
      this.goodbye(error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'oversized' : 'protocol');
    });
    socket.on('close', () => {
      this.goodbye('client');
      this.options.onClose(this.ending ?? 'client');
    });
  }

  private countMessage(): void {
    if (!this.allowance.take(this.options.clock.elapsedMs())) this.end('too_many_messages');
  }

  /** The first reason stands; from here on the client gets nothing, and a moment later it is gone. */
  private goodbye(why: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = why;
    this.cutOffAtMs = this.options.clock.elapsedMs() + GOODBYE_WITHIN_MS;
    this.stopListening();
    this.reader.end();
  }
}

function keepAsItIs(frame: Uint8Array): Uint8Array {
  return frame;
}

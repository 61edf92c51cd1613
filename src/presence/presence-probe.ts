import { WebSocket } from 'ws';
import { presenceUrl, socketPathOf } from './presence-url.js';

/** The publisher answered the WebSocket with an HTTP status instead. */
export class PresenceRefused extends Error {
  override readonly name = 'PresenceRefused';

  constructor(readonly status: number) {
    super(`the publisher answered ${status}`);
  }
}

/** A publisher that hangs would not answer the goodbye, and the socket would keep the process. */
const CLOSE_LIMIT_MS = 500;

/** One presence socket that is opened once, for looking at a publisher. Of the lists of a user only, never of a chat. */
export class PresenceProbe {
  private frameCount = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', () => {
      this.frameCount++;
    });
    socket.on('error', () => undefined);
  }

  /** Opens the user's presence. @throws PresenceRefused, or an Error where nobody answers within `limitMs` */
  static open(serviceUrl: string, uid: string, limitMs: number): Promise<PresenceProbe> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(presenceUrl(socketPathOf(serviceUrl), { uid }), {
        perMessageDeflate: false,
        skipUTF8Validation: true,
        handshakeTimeout: limitMs,
      });
      const probe = new PresenceProbe(socket);
      socket.once('open', () => {
        resolve(probe);
      });
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        reject(new PresenceRefused(response.statusCode ?? 0));
      });
      socket.once('error', reject);
    });
  }

  /** How many text frames the publisher has sent so far; they are thrown away unread. */
  get frames(): number {
    return this.frameCount;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Resolves with the pong. */
  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once('pong', () => {
        resolve();
      });
      this.socket.ping(undefined, undefined, (error: Error | undefined) => {
        if (error) reject(error);
      });
    });
  }

  /** Says goodbye; resolves when that is done, at the latest after 500 ms. */
  close(): Promise<void> {
    if (!this.isOpen) {
      this.socket.terminate();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.socket.terminate();
      }, CLOSE_LIMIT_MS);
      this.socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.socket.close(1000);
    });
  }
}

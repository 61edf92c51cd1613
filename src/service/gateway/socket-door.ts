import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { CrossfadeError, type Clock, type EventProvider, type StreamOptions } from '../../index.js';
import type { Admission, Admitted } from './admission.js';
import type { GatewayLimits } from './gateway-limits.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import type { ListenerBook } from './listener-book.js';
import type { PublisherProxy } from './publisher-proxy.js';
import { Refusal, refuseUpgrade } from './refusal.js';
import { isOwnPath, single, targetOf } from './request-target.js';
import { SocketListener } from './socket-listener.js';
import { SOCKET_PROTOCOL } from './token-in-request.js';

export interface SocketDoorParts {
  readonly events: EventProvider;
  readonly admission: Admission;
  readonly book: ListenerBook;
  readonly proxy: PublisherProxy;
  readonly metrics: GatewayMetrics;
  readonly limits: GatewayLimits;
  readonly clock: Clock;
}

interface Wish {
  readonly uid: string;
  readonly options: StreamOptions;
}

const ONLY_WS = new Refusal(404, 'bad_request', 'Only /ws speaks WebSocket here.');

/** Whoever wants a WebSocket comes through here: `/ws` is served, every path that is not ours is passed on. */
export class SocketDoor {
  private readonly sockets: WebSocketServer;
  private readonly passed = new Set<Duplex>();

  constructor(private readonly parts: SocketDoorParts) {
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: parts.limits.maxMessageBytes,
      // The token that a browser sends as a second protocol is never said back.
      handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
    });
  }

  /** For the server's `upgrade`. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Until somebody owns the socket, its errors are nobody's: it is closed by itself.
    socket.on('error', ignore);
    this.answer(request, socket, head).catch(() => {
      socket.destroy();
    });
  };

  /** Breaks off what is passed on: nobody else ends it. */
  close(): void {
    for (const socket of this.passed) socket.destroy();
  }

  private async answer(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { path, query } = targetOf(request);
    if (!isOwnPath(path)) {
      await this.passOn(request, socket, head);
      return;
    }
    const wish = path === '/ws' ? this.wishOf(query) : ONLY_WS;
    if (wish instanceof Refusal) {
      this.refuse(socket, wish);
      return;
    }
    const admitted = await this.parts.admission.toListen(request, wish.uid);
    // Asked last and in the same turn as the handshake, so that no two take the same place.
    const refusal = admitted instanceof Refusal ? admitted : this.parts.book.objection(wish.uid);
    if (refusal !== undefined || admitted instanceof Refusal) {
      if (refusal !== undefined) this.refuse(socket, refusal);
      return;
    }
    socket.off('error', ignore);
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.attend(webSocket, wish, admitted);
    });
  }

  private attend(webSocket: WebSocket, { uid, options }: Wish, { expiresAtMs }: Admitted): void {
    const { book, metrics, limits, clock, events } = this.parts;
    const listener = new SocketListener(webSocket, {
      uid,
      expiresAtMs,
      limits,
      clock,
      onResync: (missed) => {
        metrics.resynced(missed);
      },
      onClose: (why) => {
        leave();
        metrics.left('ws', why);
      },
    });
    const leave = book.enter(listener);
    metrics.entered('ws');
    try {
      listener.readFrom((next) => events.listenBytes(uid, next, options));
    } catch (error) {
      // The module closes: the client finds another process.
      if (!(error instanceof CrossfadeError)) throw error;
      listener.end('draining');
    }
  }

  /** A space and a thread together name a chat; one of them alone names nothing, as at the publisher. */
  private wishOf(query: URLSearchParams): Wish | Refusal {
    const uid = single(query, 'uid') ?? '';
    const spaceCode = single(query, 'space_code');
    const threadKey = single(query, 'thread_key');
    const isChat = spaceCode !== undefined && threadKey !== undefined;
    const options = isChat ? { chat: { spaceCode, threadKey } } : {};
    try {
      // Asked before the handshake: what can be no topic is a 400, not a socket that stays silent.
      this.parts.events.servedBy(uid, options);
      return { uid, options };
    } catch (error) {
      if (error instanceof CrossfadeError) return new Refusal(400, 'bad_request', error.message);
      throw error;
    }
  }

  private async passOn(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const admitted = await this.parts.admission.toPass(request);
    if (admitted instanceof Refusal) this.refuse(socket, admitted);
    else {
      this.passed.add(socket);
      socket.on('close', () => this.passed.delete(socket));
      this.parts.proxy.passSocket(request, socket, head);
    }
  }

  private refuse(socket: Duplex, refusal: Refusal): void {
    this.parts.metrics.refused(refusal.reason);
    refuseUpgrade(socket, refusal);
  }
}

function ignore(): void {
  // Whoever is refused or gone needs no more words.
}

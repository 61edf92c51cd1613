import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { FrameSink } from './presence-book.js';
import type { Topic } from './topic.js';

export interface PresenceServerOptions {
  readonly host: string;
  /** 0: a free one */
  readonly port: number;
  /** a socket that has answered no ping for two of these is cut off, milliseconds */
  readonly heartbeatMs: number;
  readonly openSocket: (topic: Topic, frame: FrameSink) => () => void;
  /** pings the connection that publishes; rejects where it is ill */
  readonly ping: () => Promise<void>;
  /** told to whoever asks `/debug` */
  readonly debug: () => Readonly<Record<string, unknown>>;
}

export interface PresenceServer {
  readonly port: number;
  /** Cuts everybody off. */
  stop(): Promise<void>;
}

// A reader that does not read gets no more frames: they would fill this process.
const MAX_UNSENT_BYTES = 1_000_000;
const UID = /^[A-Za-z0-9._@|+-]{1,128}$/;

/** The publisher's HTTP side on the loopback interface: `/ws?uid=…`, `/healthz`, `/debug`, `/readyz`. */
export async function startPresenceServer(options: PresenceServerOptions): Promise<PresenceServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const server = createServer((request, response) => {
    void answer(request, response, options);
  });
  server.on('upgrade', (request, socket, head) => {
    const topic = topicOfRequest(request);
    if (topic === undefined) {
      refuse(socket, pathOf(request) === '/ws' ? '400 Bad Request' : '404 Not Found');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      attend(webSocket, topic, options);
    });
  });
  const port = await listen(server, options.host, options.port);
  return {
    port,
    stop: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function attend(
  webSocket: WebSocket,
  topic: Topic,
  { openSocket, heartbeatMs }: PresenceServerOptions,
): void {
  const close = openSocket(topic, (text) => {
    if (webSocket.bufferedAmount < MAX_UNSENT_BYTES) webSocket.send(text);
  });
  let hasAnswered = true;
  const beat = setInterval(() => {
    if (!hasAnswered) webSocket.terminate();
    hasAnswered = false;
    webSocket.ping();
  }, heartbeatMs);
  webSocket.on('pong', () => {
    hasAnswered = true;
  });
  // What a client sends is not for the publisher; an error is followed by close.
  webSocket.on('error', () => undefined);
  webSocket.on('close', () => {
    clearInterval(beat);
    close();
  });
}

/** A space and a thread together name a chat; one of them alone names nothing. */
function topicOfRequest(request: IncomingMessage): Topic | undefined {
  if (pathOf(request) !== '/ws') return undefined;
  const query = urlOf(request)?.searchParams;
  const uid = query?.get('uid') ?? '';
  if (query === undefined || !UID.test(uid)) return undefined;
  const spaceCode = query.get('space_code') ?? '';
  const threadKey = query.get('thread_key') ?? '';
  return spaceCode === '' || threadKey === '' ? { uid } : { uid, chat: { spaceCode, threadKey } };
}

function urlOf(request: IncomingMessage): URL | undefined {
  return URL.canParse(request.url ?? '', 'http://publisher')
    ? new URL(request.url ?? '', 'http://publisher')
    : undefined;
}

function pathOf(request: IncomingMessage): string | undefined {
  return urlOf(request)?.pathname;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { ping, debug }: PresenceServerOptions,
): Promise<void> {
  const path = pathOf(request);
  if (path !== '/healthz' && path !== '/debug' && path !== '/readyz') {
    reply(response, 404, { detail: 'Not Found' });
    return;
  }
  const redis = await ping().then(
    () => 'ok',
    () => 'error',
  );
  // Two of the three are always 200: the truth is inside.
  if (path === '/healthz') reply(response, 200, { status: 'ok', redis });
  else if (path === '/debug') reply(response, 200, { redis: { status: redis }, ...debug() });
  else reply(response, redis === 'ok' ? 200 : 503, { status: redis === 'ok' ? 'ready' : 'not ready', redis });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(address !== null && typeof address !== 'string' ? address.port : port);
    });
  });
}

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What the client's question is answered with: the flags, a status, a body that is none, or nothing ever. */
export type Behaviour = 'ok' | number | 'garbage' | 'hang';

/** An Unleash server's client API, as ill as a test wants it. */
export class FakeUnleash {
  behaviour: Behaviour = 'ok';
  delayMs = 0;
  features: unknown;
  asked = 0;
  port = 0;
  /** what is answered to who asks for the stream of changes; only `open` offers one */
  streaming: 'none' | 'open' | 'hang' = 'none';
  streamsAsked = 0;
  private readonly streams = new Set<ServerResponse>();
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(features: unknown) {
    this.features = features;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/api`;
  }

  /** Listens; after a `stop` on the same port again. */
  async start(): Promise<this> {
    const server = createServer((request, response) => {
      setTimeout(() => {
        this.answer(request, response);
      }, this.delayMs);
    });
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  /** Tells every stream of a change; text that is no JSON is told as it is. */
  tell(event: object | string): void {
    const data = typeof event === 'string' ? event : JSON.stringify({ events: [event] });
    for (const stream of this.streams) stream.write(`event: unleash-updated\ndata: ${data}\n\n`);
  }

  /** Ends every stream, as a server does that restarts. */
  endStreams(): void {
    for (const stream of this.streams) stream.end();
    this.streams.clear();
  }

  /** Closes the port and cuts every connection. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url?.endsWith('/client/streaming') === true) {
      this.stream(response);
      return;
    }
    this.asked++;
    const { behaviour } = this;
    if (behaviour === 'hang') return;
    if (typeof behaviour === 'number') {
      response.writeHead(behaviour).end('{}');
      return;
    }
    const body = behaviour === 'garbage' ? '<html>' : JSON.stringify(this.features);
    const etag = `"${createHash('sha1').update(body).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    response.writeHead(200, { etag, 'content-type': 'application/json' }).end(body);
  }

  private stream(response: ServerResponse): void {
    this.streamsAsked++;
    if (this.behaviour === 'hang' || this.streaming === 'hang') return;
    if (typeof this.behaviour === 'number' || this.streaming === 'none') {
      response.writeHead(typeof this.behaviour === 'number' ? this.behaviour : 404).end('{}');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const hydration = { type: 'hydration', eventId: 1, segments: [], ...(this.features as object) };
    response.write(`event: unleash-connected\ndata: ${JSON.stringify({ events: [hydration] })}\n\n`);
    this.streams.add(response);
    response.once('close', () => this.streams.delete(response));
  }
}

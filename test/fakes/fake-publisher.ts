import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

/** A real WebSocket server on loopback in the publisher's place: knows who is present, and can misbehave. */
export class FakePublisher {
  /** every query that asked for presence, in order, the refused ones included */
  readonly asked: string[] = [];
  /** `accept`, answer with an HTTP error, or take the connection and never answer */
  manner: 'accept' | 'refuse' | 'swallow' = 'accept';
  /** what its `/readyz`, and everything else, is answered with */
  status = 200;
  answersPings = true;
  /** how many pings were answered */
  pongs = 0;
  private server: Server | undefined;
  private port = 0;
  private readonly open = new Map<WebSocket, string>();
  private readonly swallowed = new Set<Duplex>();

  async start(): Promise<void> {
    const sockets = new WebSocketServer({ noServer: true, autoPong: false });
    const server = createServer((_request, response) => response.writeHead(this.status).end());
    server.on('upgrade', (request: IncomingMessage, socket, head) => {
      this.asked.push(request.url ?? '');
      socket.on('error', () => undefined);
      if (this.manner === 'swallow') {
        this.swallowed.add(socket);
        return;
      }
      if (this.manner === 'refuse') {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => {
        this.accept(client, request.url ?? '');
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The queries of all who are present now, one for each open socket. */
  get present(): string[] {
    return [...this.open.values()];
  }

  send(text: string): void {
    for (const client of this.open.keys()) client.send(text);
  }

  /** Closes all sockets as a restart does, or tears them as a crash does. */
  drop(how: 'close' | 'tear' = 'tear'): void {
    for (const client of this.open.keys()) {
      if (how === 'close') client.close(1001);
      else client.terminate();
    }
  }

  /** Stops listening; the next `start` takes the same port. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.drop();
    for (const socket of this.swallowed) socket.destroy();
    server?.closeAllConnections();
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else
        server.close(() => {
          resolve();
        });
    });
  }

  private accept(client: WebSocket, query: string): void {
    this.open.set(client, query);
    client.on('error', () => undefined);
    client.on('ping', () => {
      if (!this.answersPings) return;
      client.pong();
      this.pongs++;
    });
    client.on('close', () => {
      this.open.delete(client);
    });
  }
}

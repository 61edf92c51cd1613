import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Topic } from '../../src/domain/topic.js';
import { PresenceBook } from '../../src/service/simulator/presence-book.js';
import { seededRandom } from '../../src/service/simulator/random.js';
import { Timeline } from '../../src/service/simulator/timeline.js';

export interface PublisherOptions {
  readonly redis: { readonly host: string; readonly port: number };
  /** a topic that is left is silent until the next heartbeat of its other sockets, milliseconds */
  readonly heartbeatMs: number;
  /** Somebody has become present. */
  readonly onPresent: (topic: Topic) => void;
}

/** The publisher of a test: presence over real WebSockets, the readiness that it tells, and a real client that publishes. */
export class Publisher {
  /** `accept`, answer with an HTTP error, or take the connection and never answer */
  manner: 'accept' | 'refuse' | 'swallow' = 'accept';
  prefixes = { user: 'user:', chat: 'chat:' };
  private readonly redis: Redis;
  private readonly timeline = new Timeline(Date.now(), seededRandom(1, 'publisher'));
  private readonly ticking: NodeJS.Timeout;
  private book: PresenceBook;
  private server: Server | undefined;
  private sockets = new Set<WebSocket>();
  port = 0;

  constructor(private readonly options: PublisherOptions) {
    this.redis = new Redis({
      ...options.redis,
      disableClientInfo: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 50,
    });
    this.redis.on('error', () => undefined);
    this.book = this.newBook();
    this.ticking = setInterval(() => {
      this.timeline.advanceTo(Date.now());
    }, 20);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  isPresent(topic: Topic): boolean {
    return this.book.isPresent(topic);
  }

  /** Resolves to how many heard it. @throws where Redis does not answer */
  publish(channel: string, text: string): Promise<number> {
    return this.redis.publish(channel, text);
  }

  /** Many messages in one command, so that nothing is sent in between. */
  async publishAtOnce(messages: readonly (readonly [channel: string, text: string])[]): Promise<void> {
    const script = `for i = 1, #ARGV, 2 do redis.call('publish', ARGV[i], ARGV[i + 1]) end`;
    await this.redis.eval(script, 0, ...messages.flat());
  }

  /** Begins, or begins again on the same port, knowing nobody. */
  async start(): Promise<void> {
    const upgrades = new WebSocketServer({ noServer: true });
    this.book = this.newBook();
    const server = createServer((request, response) => {
      const isReady = this.redis.status === 'ready';
      response.writeHead(request.url === '/readyz' && !isReady ? 503 : 200, {
        'content-type': 'application/json',
      });
      response.end(
        JSON.stringify({ status: isReady ? 'ready' : 'not ready', redis: isReady ? 'ok' : 'error' }),
      );
    });
    server.on('upgrade', (request: IncomingMessage, socket, head) => {
      socket.on('error', () => undefined);
      if (this.manner === 'swallow') return;
      if (this.manner === 'refuse') {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      upgrades.handleUpgrade(request, socket, head, (client) => {
        this.attend(client, topicOfQuery(request.url ?? ''));
      });
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Dies, and everybody's presence with it; its connection to Redis stays, and says nothing. */
  async die(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.tear();
    server?.closeAllConnections();
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else
        server.close(() => {
          resolve();
        });
    });
    this.book = this.newBook();
  }

  /** Tears every presence that is open. */
  tear(): void {
    for (const client of this.sockets) client.terminate();
  }

  async stop(): Promise<void> {
    clearInterval(this.ticking);
    await this.die();
    this.redis.disconnect();
  }

  private newBook(): PresenceBook {
    return new PresenceBook(this.timeline, this.options.heartbeatMs, (topic, isOnline) => {
      if (isOnline) this.options.onPresent(topic);
    });
  }

  private attend(client: WebSocket, topic: Topic): void {
    const close = this.book.open(topic, () => undefined);
    this.sockets.add(client);
    client.on('error', () => undefined);
    client.on('close', () => {
      this.sockets.delete(client);
      close();
    });
  }
}

function topicOfQuery(url: string): Topic {
  const query = new URL(url, 'http://publisher').searchParams;
  const uid = query.get('uid') ?? '';
  const spaceCode = query.get('space_code');
  const threadKey = query.get('thread_key');
  return spaceCode === null || threadKey === null ? { uid } : { uid, chat: { spaceCode, threadKey } };
}

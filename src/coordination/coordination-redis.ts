import { Redis, type RedisOptions } from 'ioredis';
import type { Cancel, Clock } from '../contracts/clock.js';
import { connectionOf, type RedisEndpoint } from '../domain/redis-endpoint.js';

export interface CoordinationRedisOptions {
  readonly endpoint: RedisEndpoint;
  readonly clock: Clock;
  /** a command that is not answered by then has failed, default 1,000 ms */
  readonly commandTimeoutMs?: number;
}

const PING_MS = 500;
const SOCKET_TIMEOUT_MS = 1_400;

/**
 * What the replicas of a fleet share: keys and a few control channels, beside the connection that carries the
 * users' events and is kept free for them. Connects by itself and for ever; while it is not connected a command
 * rejects at once. The connection that listens is opened with the first listener.
 */
export class CoordinationRedis {
  /** For data commands. Never SUBSCRIBE on it; only commands that a managed Serverless service allows. */
  readonly commands: Redis;
  private ears: Redis | undefined;
  private readonly listeners = new Map<string, Set<(message: string) => void>>();
  private readonly connected = new Set<() => void>();
  private readonly stopPinging: Cancel;
  private problem: string | undefined = 'not connected yet';

  constructor(private readonly options: CoordinationRedisOptions) {
    this.commands = this.connect({ commandTimeout: options.commandTimeoutMs ?? 1_000 });
    // A PING together with the socket's time limit finds a dead peer, which neither finds alone.
    this.stopPinging = options.clock.every(PING_MS, () => {
      for (const client of [this.commands, this.ears])
        if (client?.status === 'ready') client.ping().catch(() => undefined);
    });
  }

  get isUp(): boolean {
    return this.commands.status === 'ready';
  }

  /** What is wrong, in words, naming host and port and never a password; undefined while connected. */
  get lastProblem(): string | undefined {
    return this.isUp ? undefined : this.problem;
  }

  /** Tells of each message on a control channel while connected; messages during a break are lost. */
  listen(channel: string, listener: (message: string) => void): Cancel {
    const ears = (this.ears ??= this.startListening());
    const told = this.listeners.get(channel) ?? new Set();
    told.add(listener);
    this.listeners.set(channel, told);
    if (told.size === 1 && ears.status === 'ready') this.subscribe(ears, channel);
    return () => {
      told.delete(listener);
      if (told.size > 0 || this.listeners.get(channel) !== told) return;
      this.listeners.delete(channel);
      if (ears.status === 'ready') ears.unsubscribe(channel).catch(() => undefined);
    };
  }

  /** Tells each time that commands work and the control channels are heard again: what was missed may be re-read. */
  onConnected(listener: () => void): Cancel {
    this.connected.add(listener);
    return () => this.connected.delete(listener);
  }

  /** Resolves when commands work, or with false when they do not within the time. */
  async ready(withinMs: number): Promise<boolean> {
    if (this.isUp) return true;
    return new Promise((resolve) => {
      const stop = this.onConnected(() => {
        settle(true);
      });
      const cancel = this.options.clock.after(withinMs, () => {
        settle(this.isUp);
      });
      const settle = (isUp: boolean): void => {
        stop();
        cancel();
        resolve(isUp);
      };
    });
  }

  async close(): Promise<void> {
    this.stopPinging();
    this.connected.clear();
    this.listeners.clear();
    for (const client of [this.commands, this.ears]) await end(client);
  }

  private startListening(): Redis {
    const ears = this.connect({ autoResubscribe: false });
    ears.on('ready', () => {
      for (const channel of this.listeners.keys()) this.subscribe(ears, channel);
    });
    ears.on('message', (channel: string, message: string) => {
      for (const listener of this.listeners.get(channel) ?? []) listener(message);
    });
    return ears;
  }

  /** One at a time: a channel that is refused takes no other down with it. */
  private subscribe(ears: Redis, channel: string): void {
    ears.subscribe(channel).then(
      () => {
        this.tellConnected();
      },
      (error: unknown) => {
        this.problem = error instanceof Error ? error.message : String(error);
      },
    );
  }

  private connect(more: RedisOptions): Redis {
    const client = new Redis({
      ...connectionOf(this.options.endpoint),
      lazyConnect: true,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      maxRetriesPerRequest: null,
      // Serverless allows no CLIENT commands.
      disableClientInfo: true,
      connectTimeout: 2_000,
      socketTimeout: SOCKET_TIMEOUT_MS,
      retryStrategy: (attempt) =>
        Math.min(50 * 2 ** Math.min(attempt, 10), 1_000) * (0.5 + Math.random() / 2),
      ...more,
    });
    client.on('error', (error: Error) => {
      this.problem = error.message;
    });
    client.on('ready', () => {
      this.tellConnected();
    });
    client.connect().catch(() => undefined); // ioredis goes on trying, and `error` says why
    return client;
  }

  private tellConnected(): void {
    if (this.isUp) for (const listener of [...this.connected]) listener();
  }
}

async function end(client: Redis | undefined): Promise<void> {
  if (client === undefined || client.status === 'end') return;
  const { status } = client;
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  client.disconnect();
  // Between two attempts there is no socket to end, and then ioredis says nothing.
  if (status !== 'reconnecting') await ended;
}

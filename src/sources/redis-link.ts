import { Redis, type RedisOptions } from 'ioredis';
import type { Cancel, Clock } from '../contracts/clock.js';
import { connectionOf, type RedisEndpoint } from '../domain/redis-endpoint.js';

/** Timings of one connection; the defaults find a dead peer within 2 s. */
export interface RedisLinkOptions {
  readonly endpoint: RedisEndpoint;
  readonly clock: Clock;
  /** how often the link is proven, default 500 ms */
  readonly pingIntervalMs?: number;
  /** silence after a command that counts as death, default 1,400 ms */
  readonly socketTimeoutMs?: number;
  /** longest wait between two attempts to connect, default 1,000 ms */
  readonly maxRetryDelayMs?: number;
}

/** What the link says; `down` comes once per break, also when the first attempt to connect fails. */
export interface LinkListener {
  up(): void;
  down(): void;
}

/**
 * One connection to Redis that tells truthfully whether it lives: a periodic PING together with the socket's
 * time limit finds a dead peer, which neither finds alone. Reconnects by itself, for ever.
 */
export class RedisLink {
  readonly redis: Redis;
  private readonly clock: Clock;
  private readonly stopPinging: Cancel;
  private provenAtMs: number;
  private phase: 'connecting' | 'up' | 'down' | 'closed' = 'connecting';
  private problem: string | undefined;

  constructor(
    options: RedisLinkOptions,
    private readonly listener: LinkListener,
  ) {
    this.clock = options.clock;
    this.provenAtMs = this.clock.elapsedMs();
    this.redis = new Redis(clientOptions(options));
    this.redis.on('ready', () => {
      this.becomeUp();
    });
    this.redis.on('close', () => {
      this.becomeDown();
    });
    this.redis.on('error', (error: Error) => {
      this.problem = error.message;
    });
    this.stopPinging = this.clock.every(options.pingIntervalMs ?? 500, () => {
      this.ping();
    });
    // A refused first attempt is told by `close`, and ioredis goes on trying.
    this.redis.connect().catch(() => undefined);
  }

  get isUp(): boolean {
    return this.phase === 'up';
  }

  /** True from the first failure until the link is up: what is opened meanwhile cannot be attached. */
  get isDown(): boolean {
    return this.phase === 'down' || this.phase === 'closed';
  }

  /** The last error in words, while the link is not up. It names host and port, never a password. */
  get lastProblem(): string | undefined {
    return this.isUp ? undefined : this.problem;
  }

  /** How long ago the last moment lies at which the link is proven to have been whole. */
  unprovenMs(): number {
    return Math.max(0, this.clock.elapsedMs() - this.provenAtMs);
  }

  async close(): Promise<void> {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.stopPinging();
    const { status } = this.redis;
    const ended = new Promise<void>((resolve) => this.redis.once('end', resolve));
    this.redis.disconnect();
    // Between two attempts there is no socket to end, and then ioredis says nothing.
    if (status !== 'reconnecting' && status !== 'end') await ended;
  }

  private becomeUp(): void {
    if (this.phase === 'closed') return;
    this.phase = 'up';
    this.problem = undefined;
    this.provenAtMs = this.clock.elapsedMs();
    this.listener.up();
  }

  private becomeDown(): void {
    if (this.isDown) return;
    this.phase = 'down';
    this.listener.down();
  }

  private ping(): void {
    if (!this.isUp) return;
    const sentAtMs = this.clock.elapsedMs();
    this.redis.ping().then(
      () => {
        this.provenAtMs = Math.max(this.provenAtMs, sentAtMs);
      },
      () => undefined, // a link that broke meanwhile is told by `close`
    );
  }
}

function clientOptions({
  endpoint,
  socketTimeoutMs = 1_400,
  maxRetryDelayMs = 1_000,
}: RedisLinkOptions): RedisOptions {
  return {
    ...connectionOf(endpoint),
    lazyConnect: true,
    // One SUBSCRIBE with all channels breaks at 3,999 arguments: the source subscribes again in batches.
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: null,
    // Serverless allows no CLIENT commands.
    disableClientInfo: true,
    connectTimeout: 2_000,
    socketTimeout: socketTimeoutMs,
    keepAlive: 10_000,
    retryStrategy: (attempt) =>
      Math.min(50 * 2 ** Math.min(attempt, 10), maxRetryDelayMs) * (0.5 + Math.random() / 2),
  };
}

import { Redis, type RedisOptions } from 'ioredis';
import type { Cancel, Clock } from '../contracts/clock.js';
import { connectionOf, type RedisEndpoint } from '../domain/redis-endpoint.js';
import { LinkProof } from './link-proof.js';

/** Timings of one connection; the defaults find a dead peer within 2 s. */
export interface RedisLinkOptions {
  readonly endpoint: RedisEndpoint;
  readonly clock: Clock;
  /** how often the link is proven, default 400 ms */
  readonly pingIntervalMs?: number;
  /** silence of a peer that owes an answer, after which it counts as dead, default 1,200 ms */
  readonly silenceLimitMs?: number;
  /** longest wait between two attempts to connect, default 1,000 ms */
  readonly maxRetryDelayMs?: number;
  /** Asked each time Redis has let us in: the link is up, and anything is subscribed, once it resolves. Never rejects. */
  readonly admission?: () => Promise<void>;
}

/** Why a link broke: by itself, while this process stood still, or because what it should have carried never came. */
export type BreakCause = 'link' | 'frozen' | 'canary';

/** What the link says; `down` comes once per break, also when the first attempt to connect fails. */
export interface LinkListener {
  up(): void;
  down(cause: BreakCause): void;
}

/** Until the peer has let us in there is nothing to miss, so a slow one gets more time. */
const HANDSHAKE_LIMIT_MS = 5_000;

/**
 * One connection to Redis that tells truthfully whether it lives. A periodic PING that stays unanswered finds a
 * dead peer. The client's own `socketTimeout` would too, but it counts time in which this process stood still,
 * and its timer can outlive its connection and tear the next one. Reconnects by itself, for ever.
 */
export class RedisLink {
  readonly redis: Redis;
  private readonly clock: Clock;
  private readonly proof: LinkProof;
  private readonly stopTicking: Cancel;
  private readonly maxRetryDelayMs: number;
  private phase: 'connecting' | 'up' | 'down' | 'closed' = 'connecting';
  private problem: string | undefined;
  private brokenOff: BreakCause | undefined;
  private isPingDue = true;
  /** counts connections, so that a late admission lets none in but its own */
  private connection = 0;

  constructor(
    private readonly options: RedisLinkOptions,
    private readonly listener: LinkListener,
  ) {
    const { clock, pingIntervalMs = 400, silenceLimitMs = 1_200, maxRetryDelayMs = 1_000 } = options;
    const tickMs = pingIntervalMs / 2;
    this.clock = clock;
    this.maxRetryDelayMs = maxRetryDelayMs;
    this.proof = new LinkProof(
      { tickMs, silenceLimitMs, handshakeLimitMs: HANDSHAKE_LIMIT_MS },
      clock.elapsedMs(),
    );
    this.redis = new Redis(clientOptions(options.endpoint, maxRetryDelayMs));
    this.heed();
    this.stopTicking = clock.every(tickMs, () => {
      this.tick();
    });
    this.connect();
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

  /** The last moment at which the link is proven to have been whole, of `Clock.elapsedMs()`. */
  get provenAtMs(): number {
    return this.proof.provenAtMs;
  }

  subscribe(channel: string): Promise<unknown> {
    return this.redis.subscribe(channel);
  }

  /** Tears the connection, whatever it seems to be; it comes back by itself. */
  breakOff(cause: BreakCause, why: string): void {
    this.brokenOff = cause;
    this.redis.stream.destroy(new Error(why));
  }

  async close(): Promise<void> {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.stopTicking();
    const { status } = this.redis;
    const ended = new Promise<void>((resolve) => this.redis.once('end', resolve));
    this.redis.disconnect();
    // Between two attempts there is no socket to end, and then ioredis says nothing.
    if (status === 'reconnecting' || status === 'end') return;
    // A peer that is dead would not answer the goodbye.
    if (status === 'ready') this.redis.stream.destroy();
    await ended;
  }

  private heed(): void {
    const { redis } = this;
    redis.on('connect', () => {
      this.proof.accepted(this.clock.elapsedMs());
    });
    redis.on('ready', () => {
      this.proof.ready(this.clock.elapsedMs());
      this.admit();
    });
    redis.on('close', () => {
      this.becomeDown();
    });
    redis.on('error', (error: Error) => {
      this.problem = error.message;
    });
    redis.on('end', () => {
      if (this.phase === 'closed') return;
      // An attempt that could not even be made ends ioredis's own trying.
      this.becomeDown();
      this.clock.after(this.maxRetryDelayMs, () => {
        if (this.phase !== 'closed') this.connect();
      });
    });
  }

  private connect(): void {
    // A refused attempt is told by `close`, and ioredis goes on trying.
    this.redis.connect().catch(() => undefined);
  }

  private admit(): void {
    const { admission } = this.options;
    if (admission === undefined) {
      this.becomeUp();
      return;
    }
    this.problem = 'it waits until the stop of the fleet has been read';
    const connection = ++this.connection;
    void admission().then(() => {
      if (connection === this.connection) this.becomeUp();
    });
  }

  private becomeUp(): void {
    if (this.phase === 'closed') return;
    this.phase = 'up';
    this.problem = undefined;
    this.brokenOff = undefined;
    this.listener.up();
  }

  private becomeDown(): void {
    const cause = this.brokenOff ?? (this.proof.wasFrozen(this.clock.elapsedMs()) ? 'frozen' : 'link');
    this.proof.gone();
    this.connection++;
    if (this.isDown) return;
    this.phase = 'down';
    this.problem ??= 'the connection broke';
    this.listener.down(cause);
  }

  private tick(): void {
    const nowMs = this.clock.elapsedMs();
    // Before the first attempt has got anywhere there is no socket, whatever the typings say.
    const stream = this.redis.stream as Redis['stream'] | undefined;
    if (this.proof.tick(nowMs, stream?.bytesRead ?? 0)) {
      this.breakOff(this.proof.wasFrozen(nowMs) ? 'frozen' : 'link', 'Redis does not answer any more');
      return;
    }
    if (this.redis.status === 'ready' && this.isPingDue) this.ping(nowMs);
    this.isPingDue = !this.isPingDue;
  }

  private ping(sentAtMs: number): void {
    this.proof.asked();
    this.redis.ping().then(
      () => {
        this.proof.answered(sentAtMs, this.clock.elapsedMs());
      },
      () => undefined, // a link that broke meanwhile is told by `close`
    );
  }
}

function clientOptions(endpoint: RedisEndpoint, maxRetryDelayMs: number): RedisOptions {
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
    keepAlive: 10_000,
    retryStrategy: (attempt) =>
      Math.min(50 * 2 ** Math.min(attempt, 10), maxRetryDelayMs) * (0.5 + Math.random() / 2),
  };
}

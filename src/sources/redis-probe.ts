import { Redis } from 'ioredis';
import { connectionOf, type RedisEndpoint } from '../domain/redis-endpoint.js';

/** Redis said no; the message is its own. */
export class RedisRefusal extends Error {
  override readonly name = 'RedisRefusal';

  /** the word that a refusal begins with, such as `NOPERM` */
  get word(): string {
    return /^[A-Z]+/.exec(this.message)?.[0] ?? 'ERR';
  }
}

/**
 * One connection that is tried once: no retry, no log-in by itself, a time limit on everything. For looking at a
 * Redis, never for serving.
 */
export class RedisProbe {
  private constructor(
    private readonly redis: Redis,
    private readonly lastError: () => Error | undefined,
  ) {}

  /** Connects without logging in. Rejects with the reason where that fails, at the latest after `limitMs`. */
  static async connect(endpoint: RedisEndpoint, limitMs: number): Promise<RedisProbe> {
    const { host, port, tls } = connectionOf(endpoint);
    const redis = new Redis({
      host,
      port,
      ...(tls && { tls }),
      lazyConnect: true,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      autoResubscribe: false,
      maxRetriesPerRequest: null,
      retryStrategy: () => null,
      // Serverless allows no CLIENT commands.
      disableClientInfo: true,
      connectTimeout: limitMs,
      commandTimeout: limitMs,
    });
    let last: Error | undefined;
    redis.on('error', (error: Error) => {
      last = error;
    });
    try {
      await redis.connect();
    } catch (error) {
      redis.disconnect();
      throw last ?? error;
    }
    return new RedisProbe(redis, () => last);
  }

  /** Asks once. @throws RedisRefusal where Redis says no; an Error where it says nothing in time, or the link broke */
  async ask(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.redis.call(command, ...args);
    } catch (error) {
      throw this.reasonOf(error);
    }
  }

  /** Resolves at the acknowledgement. `onMessage` is told of everything that this connection hears from then on. */
  async subscribe(channel: string, onMessage: (channel: string, text: string) => void): Promise<void> {
    this.redis.on('message', onMessage);
    try {
      await this.redis.subscribe(channel);
    } catch (error) {
      this.redis.off('message', onMessage);
      throw this.reasonOf(error);
    }
  }

  /** The same for all channels whose name ends so; many servers refuse it. */
  async subscribeToEndings(
    ending: string,
    onMessage: (channel: string, text: string) => void,
  ): Promise<void> {
    this.redis.on('pmessage', (_pattern, channel, text) => {
      onMessage(channel, text);
    });
    try {
      await this.redis.psubscribe(`*${ending.replaceAll(/[?*[\]\\]/g, '\\$&')}`);
    } catch (error) {
      throw this.reasonOf(error);
    }
  }

  async unsubscribe(channel: string): Promise<void> {
    try {
      await this.redis.unsubscribe(channel);
    } catch (error) {
      throw this.reasonOf(error);
    }
  }

  /** Drops the connection without a goodbye. */
  close(): void {
    this.redis.disconnect();
  }

  private reasonOf(error: unknown): Error {
    if (error instanceof Error && error.name === 'ReplyError') return new RedisRefusal(error.message);
    const said = error instanceof Error ? error : new Error(String(error));
    // "Connection is closed" says less than what closed it.
    return /closed/i.test(said.message) ? (this.lastError() ?? said) : said;
  }
}

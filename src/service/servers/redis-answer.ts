import { Redis, ReplyError, type RedisOptions } from 'ioredis';

/** What a Redis said when it was greeted. */
export interface RedisAnswer {
  /** undefined where it does not tell strangers */
  readonly pid: number | undefined;
}

const WITHIN_MS = 2_000;

/** Greets a Redis once, within 2 s. Resolves even where it refuses commands; rejects where nobody answers. */
export async function redisAnswer(options: RedisOptions): Promise<RedisAnswer> {
  const redis = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: WITHIN_MS,
    commandTimeout: WITHIN_MS,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The rejection of connect() only says that the connection is closed; this says why.
  let cause: Error | undefined;
  redis.on('error', (error: Error) => {
    cause = error;
  });
  try {
    await redis.connect();
    const pid = /^process_id:(\d+)/m.exec(await redis.info('server'))?.[1];
    return { pid: pid === undefined ? undefined : Number(pid) };
  } catch (error) {
    // A refusal (NOAUTH, NOPERM) is an answer; while it loads, it is not ready to be used.
    if (error instanceof ReplyError && !String(error).includes('LOADING')) return { pid: undefined };
    throw cause ?? error;
  } finally {
    // To disconnect what never was connected holds the process until ioredis gives up waiting for its end.
    if (redis.status !== 'end') redis.disconnect();
  }
}

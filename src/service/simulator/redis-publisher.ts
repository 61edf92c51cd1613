import { Redis, type RedisOptions } from 'ioredis';
import type { Publish } from './publisher-side.js';

/** The connection that publishes. */
export interface RedisPublisher {
  /** Rejects at once while there is no Redis: nothing is kept to be said later. */
  readonly publish: Publish;
  /** Resolves when this very connection gets an answer within a second; rejects otherwise. */
  ping(): Promise<void>;
  close(): void;
}

const PING_WITHIN_MS = 1_000;
const RECONNECT_MS = 250;

/** Publishes through ioredis, reconnecting for as long as it is open. */
export function redisPublisher(options: RedisOptions): RedisPublisher {
  const redis = new Redis({
    ...options,
    // Serverless allows no CLIENT commands.
    disableClientInfo: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RECONNECT_MS,
    // ioredis holds the process for this long when it is closed between two attempts.
    disconnectTimeout: 100,
  });
  // What fails says so to its caller; without a listener ioredis writes to the console.
  redis.on('error', () => undefined);
  return {
    publish: async (channel, text) => {
      await redis.publish(channel, text);
    },
    ping: async () => {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`Redis has not answered a ping within ${PING_WITHIN_MS} ms.`));
        }, PING_WITHIN_MS);
      });
      try {
        await Promise.race([redis.ping(), silence]);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => {
      redis.disconnect();
    },
  };
}

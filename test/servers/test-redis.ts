import { Redis } from 'ioredis';
import { startRedis, type RedisWish } from '../../src/service/servers/find-redis.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';

/** A real Redis of a test's own, and a client that plays the publisher. */
export interface TestRedis {
  readonly server: RunningServer;
  readonly client: Redis;
  stop(): Promise<void>;
}

/** A test may kill it, so it is always one that was started here. */
export async function startTestRedis(wish: RedisWish = {}): Promise<TestRedis> {
  const server = await startRedis({ env: process.env, say: () => undefined }, wish);
  const client = new Redis({
    host: server.host,
    port: server.port,
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
  });
  client.on('error', () => undefined);
  return {
    server,
    client,
    stop: async () => {
      client.disconnect();
      await server.stop();
    },
  };
}

import { Redis } from 'ioredis';
import { startRedis, type RedisWish } from '../../src/service/servers/find-redis.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { ADMIN, refusedCommands, SERVERLESS_ARGS } from './serverless-acl.js';

/** A real Redis of a test's own, and a client that plays the publisher and may do everything. */
export interface TestRedis {
  readonly server: RunningServer;
  readonly client: Redis;
  /** @throws where anybody but the client used a command that Serverless does not allow */
  stop(): Promise<void>;
}

export interface TestRedisWish extends RedisWish {
  /** Everybody may do everything, for what is no part of what is delivered. */
  readonly allowsEverything?: boolean;
}

/**
 * A test may kill it, so it is always one that was started here. Whoever comes without a name may do only what
 * ElastiCache Serverless allows, and whoever tries more fails the test.
 */
export async function startTestRedis({
  allowsEverything = false,
  args = [],
  ...wish
}: TestRedisWish = {}): Promise<TestRedis> {
  const server = await startRedis(
    { env: process.env, say: () => undefined },
    { ...wish, args: allowsEverything ? args : [...SERVERLESS_ARGS, ...args] },
  );
  const client = new Redis({
    host: server.host,
    port: server.port,
    ...(allowsEverything ? {} : ADMIN),
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
  });
  client.on('error', () => undefined);
  return {
    server,
    client,
    stop: async () => {
      const refused = client.status === 'ready' ? await refusedCommands(client) : [];
      client.disconnect();
      await server.stop();
      if (refused.length > 0)
        throw new Error(`Serverless does not allow these commands, which were used: ${refused.join(', ')}.`);
    },
  };
}

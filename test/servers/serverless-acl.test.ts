import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startTestRedis } from './test-redis.js';

describe('given a Redis of the tests', () => {
  it.each(['psubscribe a*', 'client id', 'config get save', 'keys *', 'select 1', 'pubsub numpat'])(
    'refuses "%s", and fails a test in which it was tried',
    async (line) => {
      const redis = await startTestRedis();
      await redis.client.ping();
      const [command = '', ...args] = line.split(' ');
      const anybody = new Redis({
        host: redis.server.host,
        port: redis.server.port,
        disableClientInfo: true,
      });
      anybody.on('error', () => undefined);
      await expect(anybody.call(command, ...args)).rejects.toThrow(/NOPERM/);
      anybody.disconnect();
      await expect(redis.stop()).rejects.toThrow(
        `Serverless does not allow these commands, which were used: ${command}`,
      );
    },
  );
});

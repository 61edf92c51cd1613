import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { FileLease } from '../../src/coordination/file-lease.js';
import { RedisLease } from '../../src/coordination/redis-lease.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { leaseContract } from '../contracts/lease.contract.js';
import { ManualClock } from '../manual-clock.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let redis: TestRedis;
let folder = '';
let benches = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-lease-'));
});

afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true });
});

leaseContract('in Redis', () => {
  const prefix = `{test-${++benches}}:`;
  const clock = new SystemClock();
  return {
    contender: () => new RedisLease({ redis: redis.client, clock, prefix, leaseMs: 1_000 }),
    expire: async () => {
      await redis.client.pexpire(`${prefix}lease`, 1);
      await waitFor('the end of the lease', async () => (await redis.client.get(`${prefix}lease`)) === null);
    },
  };
});

leaseContract('in a file', () => {
  const clock = new ManualClock();
  const path = join(folder, `lease-${++benches}`);
  return {
    contender: () => new FileLease({ path, clock, leaseMs: 1_000 }),
    expire: () => {
      clock.advance(1_001);
      return Promise.resolve();
    },
  };
});

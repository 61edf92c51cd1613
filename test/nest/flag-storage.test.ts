import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InProcessSource } from '../../src/index.js';
import { startRuntime, type CrossfadeRuntime } from '../../src/nest/crossfade-runtime.js';
import { CrossfadeHealth } from '../../src/nest/crossfade-health.js';
import { bucketOf } from '../../src/tools.js';
import { FakeUnleash } from '../fakes/fake-unleash.js';
import { compareOf, featuresOf, serveOf } from '../flags/make-flags.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

const KEY = 'crossfade:flags:127.0.0.1';
const UIDS = Array.from({ length: 200 }, (_, n) => `user${n}`);

let redis: TestRedis;
let server: FakeUnleash;
let folder: string;
let runtime: CrossfadeRuntime | undefined;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  server = await new FakeUnleash(featuresOf({ compare: compareOf('100'), serve: serveOf('25') })).start();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
});
afterEach(async () => {
  await runtime?.close();
  await server.stop();
  await rm(folder, { recursive: true });
  await redis.client.flushall();
});

interface Files {
  readonly storeFile?: string;
  readonly bootstrapFile?: string;
}

async function start(files: Files = {}, port = redis.server.port): Promise<CrossfadeRuntime> {
  const { url } = server;
  runtime = await startRuntime({
    mode: 'local',
    legacySource: new InProcessSource(),
    redis: { host: '127.0.0.1', port },
    flags: { unleash: { url, token: 'default:development.secret', startLimitMs: 500, ...files } },
  });
  return runtime;
}

const servedBy = ({ events }: CrossfadeRuntime): string[] =>
  UIDS.filter((uid) => events.route(uid).stage === 'live');
const within25 = UIDS.filter((uid) => bucketOf(uid) <= 25);

async function keptInRedis(): Promise<string[]> {
  return (await redis.client.keys('*')).filter((key) => key.startsWith(KEY));
}

describe('given a backend that restarts while the Unleash server is down', () => {
  it('finds users where they were, from Redis, where the disk was lost', async () => {
    const before = await start();
    expect(servedBy(before)).toEqual(within25);
    await waitFor('the state is kept', async () => (await keptInRedis()).length > 0);
    const [key = ''] = await keptInRedis();
    expect(key).toMatch(/:default:development$/);
    expect(await redis.client.get(key)).not.toContain('secret');
    await before.close();
    await server.stop();
    const after = await start();
    expect(servedBy(after)).toEqual(within25);
    expect(new CrossfadeHealth(after).flags()).toMatchObject({ origin: 'storage', compare: 100, serve: 25 });
    expect(new CrossfadeHealth(after).degraded()).toContainEqual(
      expect.stringMatching(/^flags: The Unleash server .+: see to it/),
    );
  });

  it('finds users where they were, from the disk, where Redis has lost the state', async () => {
    const storeFile = join(folder, 'flags.json');
    const before = await start({ storeFile });
    await waitFor('the state is kept', async () => (await keptInRedis()).length > 0);
    await before.close();
    await redis.client.flushall();
    await server.stop();
    expect(servedBy(await start({ storeFile }))).toEqual(within25);
  });

  it('starts without flags where neither holds any, and within the limit where Redis is down too', async () => {
    await server.stop();
    expect(servedBy(await start())).toEqual([]);
    await runtime?.close();
    const sinceMs = performance.now();
    const after = await start({}, 1);
    expect(performance.now() - sinceMs).toBeLessThan(1_500);
    expect(new CrossfadeHealth(after).flags()).toEqual({
      origin: 'none',
      ageSeconds: null,
      compare: null,
      serve: null,
    });
  });
});

describe('given a first start while the Unleash server is down', () => {
  it('takes the bootstrap, and never again once a state was kept', async () => {
    const bootstrapFile = join(folder, 'bootstrap.json');
    await writeFile(
      bootstrapFile,
      JSON.stringify(featuresOf({ compare: compareOf('100'), serve: serveOf('50') })),
    );
    await server.stop();
    const first = await start({ bootstrapFile });
    expect(new CrossfadeHealth(first).flags()).toMatchObject({ origin: 'bootstrap', serve: 50 });
    await first.close();
    await server.start();
    const second = await start({ bootstrapFile });
    await waitFor('the state is kept', async () => (await keptInRedis()).length > 0);
    await second.close();
    await server.stop();
    const third = await start({ bootstrapFile });
    expect(new CrossfadeHealth(third).flags()).toMatchObject({ origin: 'storage', serve: 25 });
  });
});

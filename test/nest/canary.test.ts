import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { CrossfadeHealth } from '../../src/nest/crossfade-health.js';
import { startRuntime, type CrossfadeRuntime } from '../../src/nest/crossfade-runtime.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import type { ChannelPrefixes } from '../../src/domain/topic.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { withoutMessages } from '../servers/deafness.js';
import { TcpProxy } from '../servers/tcp-proxy.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let redis: TestRedis;
let proxy: TcpProxy;
let runtime: CrossfadeRuntime | undefined;
let gaps: string[];
let warnings: string[];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  proxy = await TcpProxy.before(redis.server);
  gaps = [];
  warnings = [];
});
afterEach(async () => {
  await runtime?.close();
  await proxy.stop();
});

interface Wish {
  readonly login?: { readonly username: string; readonly password: string };
  readonly prefixes?: ChannelPrefixes;
}

async function start({ login, prefixes }: Wish = {}): Promise<CrossfadeRuntime> {
  runtime = await startRuntime({
    mode: 'local',
    legacySource: new InProcessSource(),
    redis: { host: '127.0.0.1', port: proxy.port, ...login },
    ...(prefixes === undefined ? {} : { prefixes }),
    flags: { reader: new FakeFlags().set('a', true, true) },
    handover: { returnAfterMs: 100, handoverWindowMs: 100, firstListTimeoutMs: 100 },
    registry: new Registry(),
    watch: { canaryIntervalMs: 100 },
    onGap: ({ cause }) => gaps.push(cause),
    onFailure: (line) => warnings.push(line),
  });
  return runtime;
}

const degraded = ({ ...parts }: CrossfadeRuntime): string => new CrossfadeHealth(parts).degraded().join('\n');
const scraped = async ({ registry }: CrossfadeRuntime, line: string): Promise<number> =>
  Number((await registry.metrics()).split(`${line} `)[1]?.split('\n')[0]);
const servedBy = ({ events }: CrossfadeRuntime, source: string): Promise<void> =>
  waitFor(`served by ${source}`, () => events.servedBy('a') === source, 10_000);

describe('given a Redis that answers everything and brings nothing', () => {
  it('serves users in live from legacy until a canary has come home, in one gap of that cause', async () => {
    const started = await start();
    started.events.listen('a', () => undefined);
    await servedBy(started, 'redis');
    await waitFor(
      'a canary',
      async () => (await scraped(started, 'crossfade_canaries_total{result="heard"}')) > 0,
    );
    proxy.filter = withoutMessages;
    await servedBy(started, 'legacy');
    // Deaf as before, the new connection is acknowledged, and believed only when it brings something.
    const before = proxy.taken;
    await waitFor('another connection', () => proxy.taken > before + 1, 10_000);
    expect(started.events.servedBy('a')).toBe('legacy');
    expect(degraded(started)).toContain('redis: what is published does not come');
    expect(await scraped(started, 'crossfade_redis_doubts{reason="canary"}')).toBe(1);
    proxy.filter = undefined;
    await servedBy(started, 'redis');
    expect(gaps).toEqual(['canary']);
    expect(degraded(started)).toBe('');
    expect(await scraped(started, 'crossfade_canaries_total{result="lost"}')).toBeGreaterThan(1);
  });
});

describe('given a user of Redis who may hear nothing but the channels of users', () => {
  it('does without canaries, says so once with the cure, and has no gap', async () => {
    await redis.client.acl(
      'SETUSER',
      'narrow',
      'reset',
      'on',
      '>secret',
      '+@all',
      '~*',
      'resetchannels',
      '&user:*',
    );
    const started = await start({ login: { username: 'narrow', password: 'secret' } });
    started.events.listen('a', () => undefined);
    await servedBy(started, 'redis');
    await waitFor('the warning', () => degraded(started).includes('CROSSFADE_CANARY_MS=0'));
    expect(warnings.filter((line) => line.includes('canary'))).toHaveLength(1);
    expect(started.events.servedBy('a')).toBe('redis');
    expect(gaps).toEqual([]);
  });
});

describe('given channels of users that begin as those of canaries do', () => {
  it('takes neither for the other', async () => {
    const started = await start({ prefixes: { user: 'crossfade:canary:', chat: 'c' } });
    const got: string[] = [];
    started.events.listen('a', ({ type }) => got.push(type));
    await servedBy(started, 'redis');
    await waitFor(
      'a canary',
      async () => (await scraped(started, 'crossfade_canaries_total{result="heard"}')) > 0,
    );
    await redis.client.publish('crossfade:canary:a', '{"type": "mine", "uid": "a"}');
    await waitFor('the event', () => got.length > 0);
    expect(got).toEqual(['mine']);
    expect(await scraped(started, 'crossfade_unreadable_total{source="redis"}')).toBe(0);
  });
});

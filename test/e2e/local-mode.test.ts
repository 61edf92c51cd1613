import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CROSSFADE_REGISTRY,
  CrossfadeHealth,
  CrossfadeModule,
  EventProvider,
  InProcessSource,
  type MetricsRegistry,
  type Source,
} from '../../src/index.js';
import { bucketOf, flagFileText } from '../../src/tools.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

const UIDS = Array.from({ length: 1_000 }, (_, index) => `user${index}`);

let redis: TestRedis;
let folder: string;
let flagsFile: string;
let legacySource: InProcessSource;
let app: INestApplicationContext;
let events: EventProvider;

beforeAll(async () => {
  redis = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  flagsFile = join(folder, 'flags.json');
});
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await writeFile(flagsFile, flagFileText({ compare: 100, serve: 25 }));
  legacySource = new InProcessSource();
});
afterEach(() => app.close());

async function startApp(port = redis.server.port): Promise<void> {
  const module = CrossfadeModule.forRoot({
    mode: 'local',
    legacySource,
    redis: { host: '127.0.0.1', port },
    flags: { file: flagsFile },
  });
  app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  events = app.get(EventProvider);
}

function servedAt(percent: number): (uid: string) => Source {
  return (uid) => (bucketOf(uid) <= percent ? 'redis' : 'legacy');
}

async function channelsOpen(count: number): Promise<void> {
  await waitFor(
    `${count} channels`,
    async () => ((await redis.client.pubsub('CHANNELS', 'user:*')) as string[]).length === count,
    10_000,
  );
}

function wire(uid: string, type: string): string {
  return `{"type": "${type}", "uid": "${uid}", "timestamp": "2025-09-20T11:44:00+00:00", "payload": {"n": "${type}"}}`;
}

/** Both sources say the same three things of everybody. */
async function sayThrice(uids: readonly string[]): Promise<void> {
  for (const type of ['first', 'second', 'third']) {
    const pipeline = redis.client.pipeline();
    for (const uid of uids) {
      legacySource.push(uid, { type, uid, timestamp: '2025-09-20T11:44:00+00:00', payload: { n: type } });
      pipeline.publish(`user:${uid}`, wire(uid, type));
    }
    await pipeline.exec();
  }
}

async function metric(name: string): Promise<string> {
  return app.get<MetricsRegistry>(CROSSFADE_REGISTRY).getSingleMetricAsString(name);
}

describe('given local mode with compare at 100 and serve at 25', () => {
  it('gives each of 1,000 users the events of the source that the bucket says, in order, once, and to every reader alike', async () => {
    await startApp();
    const got = new Map<string, string[]>(UIDS.map((uid) => [uid, []]));
    const second: string[] = [];
    for (const uid of UIDS)
      events.stream(uid).subscribe((event) => got.get(uid)?.push(`${event.source} ${event.type}`));
    events.stream('user7').subscribe((event) => second.push(`${event.source} ${event.type}`));
    await channelsOpen(1_000);
    await sayThrice(UIDS);
    await waitFor('everybody has heard', () => [...got.values()].every((said) => said.length >= 3));
    const source = servedAt(25);
    for (const uid of UIDS)
      expect([uid, ...(got.get(uid) ?? [])]).toEqual([
        uid,
        ...['first', 'second', 'third'].map((type) => `${source(uid)} ${type}`),
      ]);
    expect(second).toEqual(got.get('user7'));
    const served = UIDS.filter((uid) => source(uid) === 'redis').length;
    expect(served).toBeGreaterThan(200);
    expect(await metric('crossfade_users')).toContain(`crossfade_users{stage="live"} ${served}`);
  });

  it('moves only users who were not served when the file says 50, within a second, and none leaves', async () => {
    await startApp();
    for (const uid of UIDS) events.stream(uid).subscribe();
    await channelsOpen(1_000);
    const before = UIDS.filter((uid) => events.servedBy(uid) === 'redis');
    const startMs = performance.now();
    await writeFile(flagsFile, flagFileText({ compare: 100, serve: 50 }));
    await waitFor(
      'users move',
      () => UIDS.filter((uid) => events.servedBy(uid) === 'redis').length > before.length,
      2_000,
    );
    expect(performance.now() - startMs).toBeLessThan(1_000);
    const source = servedAt(50);
    await waitFor('all have moved', () => UIDS.every((uid) => events.servedBy(uid) === source(uid)));
    expect(before.every((uid) => events.servedBy(uid) === 'redis')).toBe(true);
  });

  it('lets nobody hear a message of another user, in any stage, and counts it', async () => {
    await startApp();
    const got: string[] = [];
    // user of shadow, user of live
    const uids = [
      UIDS.find((uid) => bucketOf(uid) > 25) ?? '',
      UIDS.find((uid) => bucketOf(uid) <= 25) ?? '',
    ];
    for (const uid of uids) events.listen(uid, (event) => got.push(event.uid));
    await channelsOpen(2);
    await writeFile(flagsFile, flagFileText({ compare: 0, serve: 100 }));
    const complete = 'somebody';
    await waitFor('complete', () => events.route(complete).stage === 'complete', 2_000);
    events.listenBytes(complete, () => got.push('bytes'));
    await channelsOpen(3);
    for (const uid of [...uids, complete])
      await redis.client.publish(`user:${uid}`, wire('intruder', 'secret'));
    await waitFor('three misrouted', async () =>
      (await metric('crossfade_misrouted_total')).includes('{source="redis"} 3'),
    );
    expect(got).toEqual([]);
  });
});

describe('given a Redis that is not there', () => {
  it('serves everybody from legacy, says what is wrong, and recovers by itself', async () => {
    await redis.server.kill('SIGKILL');
    await startApp();
    const got: string[] = [];
    const uids = UIDS.slice(0, 50);
    for (const uid of uids) events.listen(uid, (event) => got.push(`${event.source} ${event.uid}`));
    await waitFor('legacy serves', () => uids.every((uid) => events.servedBy(uid) === 'legacy'));
    for (const uid of uids) legacySource.push(uid, ['notifications', { notifications: [] }]);
    expect(got).toEqual(uids.map((uid) => `legacy ${uid}`));
    expect(app.get(CrossfadeHealth).degraded()).toEqual([expect.stringMatching(/^redis: .*ECONNREFUSED/)]);
    expect(await metric('crossfade_redis_up')).toContain('crossfade_redis_up 0');

    await redis.server.restart();
    const source = servedAt(25);
    await waitFor(
      'the served are back on Redis',
      () => uids.every((uid) => events.servedBy(uid) === source(uid)),
      10_000,
    );
    expect(app.get(CrossfadeHealth).degraded()).toEqual([]);
  });

  it('goes on from legacy when it is killed while users are served by it', async () => {
    await startApp();
    const served = UIDS.filter((uid) => bucketOf(uid) <= 25).slice(0, 20);
    const got: string[] = [];
    for (const uid of served) events.listen(uid, (event) => got.push(event.source));
    await waitFor(
      'Redis serves',
      async () =>
        served.every((uid) => events.servedBy(uid) === 'redis') &&
        ((await redis.client.pubsub('CHANNELS', 'user:*')) as string[]).length === 20,
    );
    await redis.server.kill('SIGKILL');
    await waitFor('legacy serves', () => served.every((uid) => events.servedBy(uid) === 'legacy'));
    for (const uid of served) legacySource.push(uid, ['notifications', { notifications: [] }]);
    expect(got).toEqual(served.map(() => 'legacy'));
    await redis.server.restart();
    await waitFor('the client is back', async () => (await redis.client.ping()).length > 0, 10_000);
  });
});

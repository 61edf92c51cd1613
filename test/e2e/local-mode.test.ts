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
  type CrossfadeOptions,
  type MetricsRegistry,
  type Source,
} from '../../src/index.js';
import { bucketOf, flagFileText } from '../../src/tools.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

/** Here lags are of milliseconds, and no publisher sends a first list. */
const HANDOVER = { handoverWindowMs: 100, firstListTimeoutMs: 100, returnAfterMs: 100 };
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

async function startApp(port = redis.server.port, more: Partial<CrossfadeOptions> = {}): Promise<void> {
  const module = CrossfadeModule.forRoot({
    mode: 'local',
    legacySource,
    redis: { host: '127.0.0.1', port },
    flags: { file: flagsFile },
    handover: HANDOVER,
    ...more,
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
    const source = servedAt(25);
    await waitFor('each is served as the bucket says', () =>
      UIDS.every((uid) => events.servedBy(uid) === source(uid)),
    );
    await channelsOpen(1_000);
    await sayThrice(UIDS);
    await waitFor('everybody has heard', () => [...got.values()].every((said) => said.length >= 3));
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

describe('given evidence in local mode', () => {
  it('shows the sums, and begins them anew when the file changes the percentage', async () => {
    await startApp();
    const trials = (count: number) => async (): Promise<boolean> =>
      (await metric('crossfade_trials_total')).includes(`crossfade_trials_total ${count}`);
    expect(await metric('crossfade_trials_total')).toContain('crossfade_trials_total 0');
    events.stream('user7').subscribe();
    await channelsOpen(1);
    const list = { notifications: [{ doc_id: 'a' }] };
    legacySource.push('user7', ['notifications', list]);
    await redis.client.publish(
      'user:user7',
      JSON.stringify({ type: 'notif.sync', uid: 'user7', payload: list }),
    );
    await waitFor('a trial', trials(1), 15_000);
    await writeFile(flagsFile, flagFileText({ compare: 100, serve: 50 }));
    await waitFor('the sums begin anew', trials(0));
    expect(await metric('crossfade_flag_percent')).toContain('{flag="serve"} 50');
  });

  it('holds Redis against itself over a second connection, only where switched on', async () => {
    await startApp(redis.server.port, { selfTest: { sampleOneIn: 1 } });
    events.stream('user7').subscribe();
    await waitFor('two subscriptions', async () => {
      const answer = (await redis.client.pubsub('NUMSUB', 'user:user7')) as [string, number];
      return answer[1] === 2;
    });
    await waitFor(
      'the two agree',
      async () => {
        await redis.client.publish('user:user7', wire('user7', 'task.progress_update'));
        const text = await metric('crossfade_self_test_total');
        return /type="task.progress_update",outcome="agreed"} [1-9]/.test(text);
      },
      15_000,
    );
    expect(await metric('crossfade_self_test_total')).not.toMatch(/outcome="disagreed"} [1-9]/);
  });

  it('refuses a ratio that cannot be, with its cure', async () => {
    for (const sampleOneIn of [0, 1.5, NaN, 1e9])
      await expect(startApp(redis.server.port, { selfTest: { sampleOneIn } })).rejects.toThrow(
        /selfTest.sampleOneIn/,
      );
    await startApp();
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
    const degraded = (): readonly string[] => app.get(CrossfadeHealth).degraded();
    await waitFor('Redis is named', () => /^redis: .*ECONNREFUSED/.test(degraded().join()));
    expect(await metric('crossfade_redis_up')).toContain('crossfade_redis_up 0');

    await redis.server.restart();
    const source = servedAt(25);
    await waitFor(
      'the served are back on Redis',
      () => uids.every((uid) => events.servedBy(uid) === source(uid)),
      10_000,
    );
    expect(degraded()).toEqual([]);
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

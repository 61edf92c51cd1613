import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { initFlags } from '../../src/flags/init-flags.js';
import { UnleashAdmin } from '../../src/flags/unleash-admin.js';
import { UnleashWriter } from '../../src/flags/unleash-writer.js';
import { bucketOf } from '../../src/tools.js';
import { FakePublisher } from '../fakes/fake-publisher.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { startTestUnleash, type TestUnleash } from '../servers/test-unleash.js';
import { waitFor } from '../wait-for.js';
import { FleetBackend } from './fleet.js';
import { runCrossfade } from './run-crossfade.js';

// The tests of this file are one story of one fleet, told in order.
const UIDS = Array.from({ length: 10_000 }, (_, n) => `user-${n}@example.org`);
const long = process.env['CROSSFADE_LONG'] === '1' ? it : it.skip;
let unleash: TestUnleash;
let redis: TestRedis;
let writer: UnleashWriter;
let admin: UnleashAdmin;
const publisher = new FakePublisher();
let backends: FleetBackend[] = [];
let finished = false;

beforeAll(async () => {
  [unleash, redis] = await Promise.all([startTestUnleash(), startTestRedis(), publisher.start()]);
  const { url, adminToken: token } = unleash;
  admin = new UnleashAdmin({
    url,
    token,
    project: 'default',
    environment: 'development',
    clock: new SystemClock(),
  });
  writer = new UnleashWriter(admin);
  expect(await initFlags(admin)).toMatchObject({ problems: [] });
  await writer.write({ flag: 'compare', from: 0, to: 100 });
  backends = await Promise.all([start(), start(), start()]);
  await decided(0);
}, 300_000);

afterAll(async () => {
  finished = true;
  await Promise.all(backends.map((backend) => backend.stop()));
  await publisher.stop();
  await redis.stop();
  await unleash.stop();
});

const start = (): Promise<FleetBackend> =>
  FleetBackend.start({
    LISTENERS_MODE: 'local',
    LISTENERS_REDIS_PORT: String(redis.server.port),
    LISTENERS_SERVICE_URL: publisher.url,
    CROSSFADE_UNLEASH_URL: unleash.url,
    CROSSFADE_UNLEASH_TOKEN: unleash.backendToken,
    CROSSFADE_UNLEASH_START_LIMIT_MS: '3000',
  });

/** When the last of them had decided. */
const decided = async (serve: number): Promise<number> =>
  Math.max(...(await Promise.all(backends.map((backend) => backend.ask('decided', { serve })))));

/** The users whom all backends say to be served, which must be the same everywhere. */
async function agreed(): Promise<string[]> {
  const [first = [], ...others] = await Promise.all(
    backends.map((backend) => backend.ask('stages', { uids: UIDS })),
  );
  for (const other of others) expect(other).toEqual(first);
  return UIDS.filter((_, n) => first[n] === 'live');
}

describe('given three backends in processes of their own, and a percentage that a person changes', () => {
  it('only ever adds users while it widens, agreed on every one; gives the same back; and is quick', async () => {
    const steps = [1, 5, 25, 50, 100, 25, 1];
    const cohorts: string[][] = [];
    const tookMs: number[] = [];
    let from = 0;
    for (const to of steps) {
      const beganMs = Date.now();
      expect(await writer.write({ flag: 'serve', from, to })).toEqual({ outcome: 'written', percent: to });
      tookMs.push((await decided(to)) - beganMs);
      const cohort = await agreed();
      expect(Math.abs(cohort.length / UIDS.length - to / 100)).toBeLessThanOrEqual(0.01);
      cohorts.push(cohort);
      from = to;
    }
    for (const [step, cohort] of cohorts.slice(0, 4).entries()) {
      const next = new Set(cohorts[step + 1]);
      expect(cohort.every((uid) => next.has(uid))).toBe(true);
    }
    expect([cohorts[6], cohorts[5]]).toEqual([cohorts[0], cohorts[2]]);
    const sorted = tookMs.toSorted((a, b) => a - b);
    process.stdout.write(`write to the last of three processes: ${sorted.join(', ')} ms\n`);
    expect(sorted[3]).toBeLessThan(2_000);
    expect(sorted[6]).toBeLessThan(3_500);
  }, 60_000);
});

describe('given a fleet whose Unleash server goes away', () => {
  it('keeps everybody where they are, also in a backend that starts without a disk, and ends one in order', async () => {
    await writer.write({ flag: 'serve', from: 1, to: 25 });
    await decided(25);
    const before = await agreed();
    await waitFor('Redis to keep it', async () => {
      const [key = ''] = await redis.client.keys('crossfade:flags:*');
      return (await redis.client.get(key))?.includes('"rollout":"25"') === true;
    });
    await unleash.server.kill();
    const [leaving] = backends.splice(0, 1, await start());
    expect(await backends[0]?.ask('flags')).toMatchObject({ origin: 'storage', serve: 25 });
    expect(await agreed()).toEqual(before);
    expect(await leaving?.stop()).toBe(0);
    await unleash.server.restart();
    await waitFor(
      'the server again',
      async () => (await backends[0]?.ask('flags'))?.origin === 'server',
      30_000,
    );
    expect(await agreed()).toEqual(before);
  }, 90_000);
});

describe('given a fleet whose Redis is down', () => {
  it('is stopped by the flag on the Unleash server, and the command says that this is all it could do', async () => {
    await redis.server.kill('SIGKILL');
    const { code, stdout } = await runCrossfade(['stop', '--yes', '--json', '--why', 'Redis is ill'], {
      PATH: process.env['PATH'],
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(redis.server.port),
      CROSSFADE_UNLEASH_URL: unleash.url,
      CROSSFADE_UNLEASH_TOKEN: unleash.backendToken,
      CROSSFADE_UNLEASH_ADMIN_TOKEN: unleash.adminToken,
      CROSSFADE_UNLEASH_ENVIRONMENT: 'development',
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ ok: false, state: null, flags: { written: true } },
      problems: [expect.stringMatching(/not reached through Redis \(.*ECONNREFUSED/)],
    });
    await decided(0);
    expect(await agreed()).toEqual([]);
    await redis.server.restart();
    // A person puts them back where they were.
    expect(await writer.write({ flag: 'serve', from: 0, to: 25 })).toMatchObject({ outcome: 'written' });
    await decided(25);
  }, 60_000);
});

describe('given users who are connected', () => {
  const within25 = UIDS.filter((uid) => bucketOf(uid) <= 25);
  const mine = (group: number, n: number): string[] =>
    within25.slice((group * 3 + n) * 60, (group * 3 + n + 1) * 60);

  /** Speaks as the publisher does when a user comes: both lists. */
  async function greet(): Promise<void> {
    let greeted = 0;
    while (!finished) {
      for (; greeted < publisher.asked.length; greeted++) {
        const uid = new URLSearchParams((publisher.asked[greeted] ?? '').split('?')[1]).get('uid') ?? '';
        for (const type of ['notif.sync', 'msg.sync'])
          await redis.client.publish(`user:${uid}`, `{"type": "${type}", "uid": "${uid}", "payload": {}}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  const each = async (ask: 'inStage' | 'served', group: number, details: object): Promise<number> =>
    Math.max(
      ...(await Promise.all(
        backends.map((backend, n) => backend.ask(ask, { uids: mine(group, n), ...details })),
      )),
    );

  long(
    'serves them from Redis soon after they are in serve, out of the shadow and out of legacy',
    async () => {
      void greet();
      await writer.switchOff('serve');
      await decided(0);
      for (const [n, backend] of backends.entries()) await backend.ask('listen', { uids: mine(0, n) });
      await waitFor('presence', () => publisher.present.length === 180, 20_000);
      const warmAtMs = performance.now() + 6_000;
      await waitFor('the handover window', () => performance.now() > warmAtMs, 10_000);
      let beganMs = Date.now();
      await admin.switchTo('serve', 'on');
      const live = await each('inStage', 0, { stage: 'live' });
      const served = await each('served', 0, { source: 'redis' });
      process.stdout.write(`shadow: decided ${live - beganMs} ms, served ${served - live} ms later\n`);
      expect(served - live).toBeLessThan(1_000);

      await writer.switchOff('serve');
      await writer.switchOff('compare');
      await decided(0);
      for (const [n, backend] of backends.entries()) await backend.ask('listen', { uids: mine(1, n) });
      await each('inStage', 1, { stage: 'legacy' });
      beganMs = Date.now();
      await admin.switchTo('serve', 'on');
      const moved = await each('inStage', 1, { stage: 'live' });
      const all = await each('served', 1, { source: 'redis' });
      process.stdout.write(
        `legacy: decided ${moved - beganMs} ms, all 60 of each backend served ${all - moved} ms later\n`,
      );
      // 60 sockets at 50 a second, then what a handover out of legacy takes.
      expect(all - moved).toBeLessThan(13_000);
    },
    90_000,
  );
});

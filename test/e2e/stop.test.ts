import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/service/servers/free-port.js';
import { bucketOf, flagFileText, type FleetStopReport } from '../../src/tools.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';
import { FleetBackend } from './fleet.js';
import { runCrossfade, type Ran } from './run-crossfade.js';

// The tests of this file are one story of one fleet, told in order.
const KEY = '{crossfade}:stop';
const OPERATOR = 'operator-token-of-a-test';
const UIDS = Array.from({ length: 300 }, (_, n) => `user-${n}`);
let folder: string;
let redis: TestRedis;
let env: NodeJS.ProcessEnv;
let backends: FleetBackend[] = [];
let urls: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  redis = await startTestRedis();
  // Half of them in live, half in complete.
  await writeFile(join(folder, 'flags.json'), flagFileText({ compare: 50, serve: 100 }));
  env = {
    PATH: process.env['PATH'],
    LISTENERS_MODE: 'local',
    LISTENERS_REDIS_PORT: String(redis.server.port),
    CROSSFADE_FLAGS_FILE: join(folder, 'flags.json'),
    CROSSFADE_ADMIN_OPERATOR_TOKEN: OPERATOR,
    CROSSFADE_CONTROL_FOLDER: join(folder, 'control'),
    HANDOVER: '{"handoverWindowMs":300,"firstListTimeoutMs":300,"returnAfterMs":500}',
    PORT: '0',
  };
  backends = await Promise.all([0, 1, 2].map(start));
  urls = await Promise.all(backends.map((backend) => backend.ask('url')));
  await listen();
  await servedBy('redis');
}, 60_000);

afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.stop()));
  await redis.stop();
  await rm(folder, { recursive: true });
});

const start = (n: number): Promise<FleetBackend> =>
  FleetBackend.start({ ...env, CROSSFADE_STOP_FILE: join(folder, `stop-${n}.json`) });

const mine = (n: number): string[] => UIDS.filter((_, index) => index % 3 === n);

const listen = (): Promise<unknown> =>
  Promise.all(backends.map((backend, n) => backend.ask('listen', { uids: mine(n) })));

/** When the last user of the fleet was served so, milliseconds since 1970. */
const servedBy = async (source: string): Promise<number> =>
  Math.max(
    ...(await Promise.all(backends.map((backend, n) => backend.ask('served', { uids: mine(n), source })))),
  );

const crossfade = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  runCrossfade(args, { ...env, ...more });

/** Resolves once each backend hears at once what is said. */
const allListening = (): Promise<unknown> =>
  waitFor(
    'three listeners',
    async () => ((await redis.client.pubsub('NUMSUB', 'crossfade:stop')) as [string, number])[1] >= 3,
    10_000,
  );

const reportOf = ({ stdout }: Ran): FleetStopReport & { ok: boolean } =>
  JSON.parse(stdout) as FleetStopReport & { ok: boolean };

async function ask(method: 'GET' | 'POST', url: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}/crossfade/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

describe('given three backends whose users are in live and in complete', () => {
  it('is told by nobody who does not confirm', async () => {
    const { code, stderr } = await crossfade(['stop', '--replica', urls[0] ?? '']);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/Redis serves 100 of 100 /) });
    expect(await redis.client.exists(KEY)).toBe(0);
  }, 60_000);

  it('puts every one of them on legacy within a second of the command', async () => {
    const stages = await Promise.all(backends.map((backend, n) => backend.ask('stages', { uids: mine(n) })));
    const inLive = UIDS.filter((uid) => bucketOf(uid) <= 50).length;
    expect(stages.flat().filter((stage) => stage === 'live')).toHaveLength(inLive);
    expect(stages.flat().filter((stage) => stage === 'complete')).toHaveLength(UIDS.length - inLive);
    const last = servedBy('legacy');
    const launchedMs = Date.now();
    const ran = await crossfade(['stop', '--yes', '--json', '--why', 'a drill']);
    const lastMs = await last;
    const { state, heardBy, ok } = reportOf(ran);
    expect([ran.code, ok, heardBy]).toEqual([0, true, 3]);
    const saidMs = state?.atMs ?? 0;
    process.stdout.write(
      `stop: said ${saidMs - launchedMs} ms after the command was launched; the last of ${UIDS.length} users of three processes was on legacy ${lastMs - saidMs} ms later\n`,
    );
    expect(lastMs - saidMs).toBeLessThan(1_000);
    // The stop of the whole process that says it, in a machine that has nothing else to do.
    expect(await ask('GET', urls[1] ?? '', 'status')).toMatchObject({
      stop: { stopped: true, epoch: state?.epoch, by: expect.stringMatching(/.+@.+/), why: 'a drill' },
      degraded: [expect.stringMatching(/^stop: everybody is on legacy since 2\S+Z, stopped by .*a drill/)],
    });
  }, 60_000);

  it('says so in the status, and lets a stop be said twice', async () => {
    const { code, stderr } = await crossfade(['status']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/stopped by .*a drill.*crossfade start/),
    });
    const before = JSON.parse((await redis.client.get(KEY)) ?? '') as { epoch: number };
    expect(await ask('POST', urls[2] ?? '', 'stop', { why: 'again', by: 'ben' })).toMatchObject({
      ...{ status: 200, reached: 'fleet', heardBy: 3, stopped: true, by: 'ben' },
    });
    const after = JSON.parse((await redis.client.get(KEY)) ?? '') as { epoch: number };
    expect(after.epoch).toBeGreaterThan(before.epoch);
    expect(await servedBy('legacy')).toBeGreaterThan(0);
  }, 60_000);

  it('writes it back to a Redis that was emptied', async () => {
    const held = await redis.client.get(KEY);
    await redis.client.flushall();
    await waitFor('the key again', async () => (await redis.client.get(KEY)) === held);
  });

  it('stays stopped in a backend that is restarted, from Redis, and from its file while Redis is away', async () => {
    await rm(join(folder, 'stop-0.json'));
    const restart = async (n: number): Promise<void> => {
      await backends[n]?.stop();
      const backend = await start(n);
      backends[n] = backend;
      urls[n] = await backend.ask('url');
      await backend.ask('listen', { uids: mine(n) });
      await backend.ask('served', { uids: mine(n), source: 'legacy' });
      await waitFor('it to know', async () =>
        (await backend.ask('stages', { uids: mine(n) })).every((s) => s === 'legacy'),
      );
    };
    await restart(0);
    await redis.server.kill('SIGKILL');
    await restart(1);
    expect(await ask('GET', urls[1] ?? '', 'status')).toMatchObject({ stop: { stopped: true, by: 'ben' } });
    await redis.server.restart();
    // Restarted empty; nobody has got anything from Redis since.
    await waitFor(
      'the key again',
      async () => ((await redis.client.get(KEY)) ?? '').includes('"by":"ben"'),
      10_000,
    );
    await allListening();
    expect((await Promise.all(backends.map((each) => each.ask('got')))).map(({ redis: n }) => n)).toEqual([
      0, 0, 0,
    ]);
  }, 60_000);

  it('goes back to what the flags say once a person starts it again, and refuses a second start', async () => {
    const { code, stdout, stderr } = await crossfade(['start', '--yes']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Started\. 3 processes/) });
    expect(stderr).toMatch(/stopped by ben \(again\).*\nLifts that/);
    await servedBy('redis');
    const again = await crossfade(['start', '--yes']);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/Nothing is stopped/) });
    expect(await ask('POST', urls[0] ?? '', 'start')).toMatchObject({
      status: 409,
      code: 'nothing_to_start',
    });
  }, 60_000);
});

describe('given a fleet whose Redis is down', () => {
  it('is stopped by the flags and by each replica that is named, and says which was not reached', async () => {
    await redis.server.kill('SIGKILL');
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const ran = await crossfade(
      ['stop', '--yes', '--json', '--replica', urls[0] ?? '', '--replica', nobody, '--why', 'Redis is ill'],
      { CROSSFADE_REPLICAS: `${urls[1] ?? ''},${urls[2] ?? ''}` },
    );
    expect(ran.code).toBe(1);
    const report = reportOf(ran);
    // The flag has moved those already who heard of it first.
    expect(report).toMatchObject({
      ...{ ok: false, state: null, flags: { written: true }, moved: expect.any(Number) },
    });
    expect(report.problems).toEqual([
      expect.stringMatching(/not reached through Redis \(.*ECONNREFUSED/),
      expect.stringContaining(`${nobody} was not reached: It did not answer (ECONNREFUSED)`),
    ]);
    expect(JSON.parse(await readFile(join(folder, 'flags.json'), 'utf8'))).toMatchObject({
      features: expect.arrayContaining([
        expect.objectContaining({
          name: 'crossfade-serve',
          strategies: [expect.objectContaining({ parameters: expect.objectContaining({ rollout: '0' }) })],
        }),
      ]),
    });
    for (const url of urls)
      expect(await ask('GET', url, 'status')).toMatchObject({ stop: { stopped: true, why: 'Redis is ill' } });
    await servedBy('legacy');
  }, 60_000);

  it('hears of it from those that were named once Redis is back, and is started from there', async () => {
    await redis.server.restart();
    await waitFor(
      'the key',
      async () => ((await redis.client.get(KEY)) ?? '').includes('Redis is ill'),
      10_000,
    );
    await allListening();
    expect(await crossfade(['start', '--yes'], { CROSSFADE_REPLICAS: urls.join() })).toMatchObject({
      code: 0,
    });
    for (const url of urls)
      expect(await ask('GET', url, 'status')).toMatchObject({ stop: { stopped: false } });
  }, 60_000);
});

describe('given a fleet that nobody can stop', () => {
  it.each([
    ['legacy is retired', { CROSSFADE_LEGACY: 'retired' }, /retired.*nothing to go back to/],
    ['the mode is legacy', { LISTENERS_MODE: 'legacy' }, /everybody is on legacy/],
  ])(
    'refuses with the reason where %s',
    async (_what, more, words) => {
      const { code, stderr } = await crossfade(['stop', '--yes'], more);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) });
    },
    30_000,
  );
});

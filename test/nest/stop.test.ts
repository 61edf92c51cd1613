import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FleetSwitch } from '../../src/contracts/kill-switch.js';
import { CrossfadeHealth } from '../../src/nest/crossfade-health.js';
import type { CrossfadeOptions } from '../../src/nest/crossfade-options.js';
import { startRuntime, type CrossfadeRuntime } from '../../src/nest/crossfade-runtime.js';
import { stopHeard } from '../../src/nest/start-stop.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { ManualClock } from '../manual-clock.js';
import { settle } from '../settle.js';
import { TcpProxy } from '../servers/tcp-proxy.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

const STOP = { stopped: true, by: 'anna', why: 'a drill' };
const LIFT = { stopped: false, by: 'ben', why: '' };
const UIDS = { live: 'lena', complete: 'carl' };

let redis: TestRedis;
let proxy: TcpProxy;
let folder: string;
const running: CrossfadeRuntime[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  await redis.client.flushall();
  proxy = await TcpProxy.before(redis.server);
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
});
afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.close();
  await proxy.stop();
  await rm(folder, { recursive: true });
});

/** A replica with one user in live and one in complete. */
async function replica(port: number, more: Partial<CrossfadeOptions> = {}): Promise<CrossfadeRuntime> {
  const flags = new FakeFlags().set(UIDS.live, true, true).set(UIDS.complete, false, true);
  flags.serveIsFull = true;
  const runtime = await startRuntime({
    mode: 'local',
    legacySource: new InProcessSource(),
    redis: { host: '127.0.0.1', port },
    flags: { reader: flags },
    handover: { handoverWindowMs: 200, firstListTimeoutMs: 200, returnAfterMs: 200 },
    ...more,
  });
  running.push(runtime);
  return runtime;
}

const switchOf = ({ killSwitch }: CrossfadeRuntime) => {
  if (killSwitch === undefined) throw new Error('nobody can be stopped here');
  return killSwitch;
};

/** What a replica's users get, as `uid type`, from Redis alone. */
function listenedTo(runtime: CrossfadeRuntime): string[] {
  const got: string[] = [];
  for (const uid of Object.values(UIDS))
    runtime.events.listen(uid, ({ source, type }) => {
      if (source === 'redis') got.push(`${uid} ${type}`);
    });
  return got;
}

const served = (runtime: CrossfadeRuntime, source: string): Promise<void> =>
  waitFor(
    `${source} serves`,
    () => Object.values(UIDS).every((uid) => runtime.events.servedBy(uid) === source),
    10_000,
  );

/** Publishes to both users again and again, so that whatever lets one message through shows. */
function chatter(): () => void {
  const timer = setInterval(() => {
    for (const uid of Object.values(UIDS))
      redis.client
        .publish(`user:${uid}`, `{"type": "task.progress_update", "uid": "${uid}"}`)
        .catch(() => undefined);
  }, 1);
  return () => {
    clearInterval(timer);
  };
}

describe('given a replica that loses Redis, while a stop is said elsewhere', () => {
  it('brings nobody anything from Redis once it is back, not even before it has read the stop', async () => {
    const [near, far] = [await replica(redis.server.port), await replica(proxy.port)];
    const got = listenedTo(far);
    await served(far, 'redis');
    const hush = chatter();
    // The stop is read later than everything else, so that whatever does not wait for it is seen.
    proxy.late = { text: '{crossfade}:stop', byMs: 300 };
    await waitFor('events', () => got.length > 10);
    for (let turn = 0; turn < 3; turn++) {
      proxy.manner = 'refuse';
      proxy.reset();
      await waitFor('the break is seen', () => far.redis?.isUp === false);
      expect(await switchOf(near).say(STOP)).toMatchObject({ reached: 'fleet' });
      expect(switchOf(far).state().stopped).toBe(false);
      const before = got.length;
      proxy.manner = 'pass';
      await waitFor('the link is back', () => far.redis?.isUp === true, 10_000);
      await served(far, 'legacy');
      expect(got.length).toBe(before);
      await switchOf(near).say(LIFT);
      await served(far, 'redis');
      await waitFor('events again', () => got.length > before);
    }
    hush();
  }, 60_000);
});

describe('given a Redis that tells everybody to ask again later', () => {
  it('is said not to tell of a stop, and all is well once it answers', async () => {
    await redis.client.config('SET', 'busy-reply-threshold', '50');
    const far = await replica(redis.server.port);
    listenedTo(far);
    await served(far, 'redis');
    const script = redis.client.duplicate();
    // A script that runs on and on: the server answers everything but its own ending with BUSY.
    const stuck = script.eval('while true do end', 0).catch(() => undefined);
    await waitFor('the stop is not heard', () => switchOf(far).hearing().problems.length > 0, 10_000);
    expect(new CrossfadeHealth(far).degraded().join('\n')).toMatch(
      /^stop: The fleet's stop was not read.*see to Redis/m,
    );
    await redis.client.script('KILL');
    await stuck;
    script.disconnect();
    await waitFor('all is well', () => new CrossfadeHealth(far).degraded().length === 0, 10_000);
  }, 30_000);
});

describe('given a stop key that never answers', () => {
  it('keeps Redis from serving for 30 s, and no longer', async () => {
    const clock = new ManualClock();
    let isAdmitted = false;
    const mute = { confirmed: () => new Promise(() => undefined) } as unknown as FleetSwitch;
    void stopHeard(mute, clock).then(() => (isAdmitted = true));
    clock.advance(29_999);
    await settle();
    expect(isAdmitted).toBe(false);
    clock.advance(1);
    await settle();
    expect([isAdmitted, clock.pending]).toEqual([true, 0]);
  });
});

describe('given a Redis that does not let a replica read the stop key', () => {
  it('serves all the same, says so, and obeys what it is told itself', async () => {
    await redis.client.acl('SETUSER', 'poor', 'reset', 'on', '>poor', '+@all', '~other', '&*');
    const { port } = redis.server;
    const poor = await replica(port, {
      redis: { host: '127.0.0.1', port, username: 'poor', password: 'poor' },
    });
    listenedTo(poor);
    await served(poor, 'redis');
    expect(new CrossfadeHealth(poor).degraded()).toEqual([
      expect.stringMatching(/^stop: .*NOPERM.*allow it/),
    ]);
    expect(await switchOf(poor).say(STOP)).toMatchObject({ reached: 'replica' });
    await served(poor, 'legacy');
    const metrics = await poor.registry.metrics();
    expect(metrics).toMatch(/^crossfade_stopped 1$/m);
    expect(metrics).toMatch(/^crossfade_stop_problems 1$/m);
  });
});

describe('given a stop file', () => {
  it('keeps everybody on legacy over a restart without Redis, and tells one that was emptied', async () => {
    const stop = { file: join(folder, 'deep', 'stop.json') };
    const first = await replica(redis.server.port, { stop });
    await switchOf(first).say(STOP);
    await running.pop()?.close();
    await redis.client.flushall();
    proxy.manner = 'refuse';
    const second = await replica(proxy.port, { stop });
    listenedTo(second);
    await served(second, 'legacy');
    expect(new CrossfadeHealth(second).stop()).toMatchObject({ ...STOP, unreadSeconds: null });
    proxy.manner = 'pass';
    await waitFor(
      'the key',
      async () => (await redis.client.get('{crossfade}:stop'))?.includes('a drill') === true,
      10_000,
    );
    await served(second, 'legacy');
  }, 30_000);

  it('that cannot be read is taken for a stop until Redis says otherwise', async () => {
    const file = join(folder, 'stop.json');
    await writeFile(file, '{"epoch":');
    proxy.manner = 'refuse';
    const torn = await replica(proxy.port, { stop: { file } });
    expect(torn.events.route(UIDS.live)).toEqual({ stage: 'legacy', reason: 'stopped' });
    expect(new CrossfadeHealth(torn).degraded().join('\n')).toMatch(
      /stop file does not keep.*remove the file/,
    );
    proxy.manner = 'pass';
    await waitFor('the flags decide', () => torn.events.route(UIDS.live).reason === 'flags', 10_000);
  });
});

describe('given a mode or a backend in which nobody can be stopped', () => {
  it('opens nothing for it', async () => {
    const legacy = await replica(1, { mode: 'legacy' });
    expect([legacy.killSwitch, new CrossfadeHealth(legacy).stop()]).toEqual([undefined, undefined]);
    expect(await legacy.registry.metrics()).not.toMatch(/^crossfade_stop\w* \d/m);
  });
});

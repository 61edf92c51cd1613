import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoordinationRedis } from '../../src/coordination/coordination-redis.js';
import { FleetKillSwitch } from '../../src/coordination/fleet-kill-switch.js';
import { RedisStopStore } from '../../src/coordination/redis-stop-store.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { flagFileText, FleetStop, readSettings } from '../../src/tools.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

const KEY = '{crossfade}:stop';
const SAID = { by: 'anna', why: 'a drill' };
let redis: TestRedis;
let folder: string;
let flags: string;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  await redis.client.del(KEY);
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  flags = join(folder, 'flags.json');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(folder, { recursive: true });
});

function fleet(env: NodeJS.ProcessEnv = {}): FleetStop {
  const made = FleetStop.open(
    readSettings({
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(redis.server.port),
      CROSSFADE_FLAGS_FILE: flags,
      ...env,
    }),
    [],
  );
  closing.push(() => made.close());
  return made;
}

/** A replica whose clock is ahead by so much. */
async function replica(aheadMs = 0): Promise<FleetKillSwitch> {
  const clock = new SystemClock();
  const skewed = Object.assign(Object.create(clock) as SystemClock, { nowMs: () => Date.now() + aheadMs });
  const { host, port } = redis.server;
  const made = new CoordinationRedis({ endpoint: { host, port }, clock });
  const killSwitch = new FleetKillSwitch({
    store: new RedisStopStore(made),
    clock: skewed,
    recorder: new FakeRecorder(),
  });
  closing.push(
    () => made.close(),
    () => killSwitch.close(),
  );
  await killSwitch.start();
  await waitFor('it hears', async () => (await redis.client.publish('crossfade:stop', '')) === 1);
  return killSwitch;
}

describe('given a Redis that no replica listens to', () => {
  it('does not call the fleet stopped', async () => {
    const report = await fleet().stop(SAID);
    expect(report.state).toMatchObject({ stopped: true });
    expect(report.problems).toEqual([expect.stringMatching(/no process heard it.*LISTENERS_REDIS_HOST/)]);
  });
});

describe('given a Redis that was emptied, and a replica that knows a lift of an hour ahead', () => {
  it('stops all the same, since what comes back is beaten again', async () => {
    const ahead = await replica(3_600_000);
    await ahead.say({ stopped: true, by: 'ben', why: '' });
    await ahead.say({ stopped: false, by: 'ben', why: '' });
    await redis.client.del(KEY);
    const report = await fleet().stop(SAID);
    expect(report.problems).toEqual([]);
    await waitFor('it is stopped', () => ahead.state().stopped && ahead.state().by === 'anna');
    expect(await redis.client.get(KEY)).toContain('"stopped":true');
  });
});

describe('given no Redis', () => {
  const down = { LISTENERS_REDIS_PORT: '1' };

  it('takes serve to 0 % and to nobody by name', async () => {
    await writeFile(flags, flagFileText({ compare: 100, serve: 25 }));
    const { flags: written } = await fleet(down).stop(SAID);
    expect(written).toEqual({ written: true });
    expect(await readFile(flags, 'utf8')).not.toMatch(/"rollout": "25"/);
  });

  it('switches the flag off where it stands in no order', async () => {
    await writeFile(flags, flagFileText({ compare: 5, serve: 25 }));
    expect((await fleet(down).stop(SAID)).flags).toEqual({ written: true });
    const { features } = JSON.parse(await readFile(flags, 'utf8')) as {
      features: { name: string; enabled: boolean }[];
    };
    expect(features.find(({ name }) => name === 'crossfade-serve')?.enabled).toBe(false);
  });

  it('says what stands in the way of that, and that nobody was reached', async () => {
    const { flags: written, problems } = await fleet({ ...down, CROSSFADE_FLAGS_FILE: '' }).stop(SAID);
    expect(written?.written).toBe(false);
    expect(problems).toEqual([
      expect.stringMatching(/not reached through Redis .*CROSSFADE_REPLICAS/),
      expect.stringMatching(/serve flag was not taken to 0: .*Set CROSSFADE_UNLEASH_URL/),
    ]);
  });
});

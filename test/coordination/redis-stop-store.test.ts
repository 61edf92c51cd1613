import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CoordinationRedis } from '../../src/coordination/coordination-redis.js';
import { FleetKillSwitch } from '../../src/coordination/fleet-kill-switch.js';
import { RedisStopStore } from '../../src/coordination/redis-stop-store.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { StopStoreRefused } from '../../src/contracts/stop-store.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

const KEY = '{crossfade}:stop';
let redis: TestRedis;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(() => redis.client.flushall());
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function connected(login: { username?: string; password?: string } = {}): Promise<CoordinationRedis> {
  const { host, port } = redis.server;
  const made = new CoordinationRedis({ endpoint: { host, port, ...login }, clock: new SystemClock() });
  closing.push(() => made.close());
  expect(await made.ready(5_000)).toBe(true);
  return made;
}

const store = async (): Promise<RedisStopStore> => new RedisStopStore(await connected());

/** Resolves once so many hear at once what is announced. */
const listening = (count: number): Promise<unknown> =>
  waitFor(
    'listeners',
    async () => ((await redis.client.pubsub('NUMSUB', 'crossfade:stop')) as [string, number])[1] >= count,
  );

async function replica(on: RedisStopStore): Promise<FleetKillSwitch> {
  const made = new FleetKillSwitch({ store: on, clock: new SystemClock(), recorder: new FakeRecorder() });
  closing.push(() => made.close());
  await made.start();
  return made;
}

describe('given the key of a stop in Redis', () => {
  it('is replaced only by who knows what stands there, and never ends', async () => {
    const one = await store();
    expect(await one.read()).toBeUndefined();
    expect(await one.replace('something', 'a')).toBe(false);
    expect(await one.replace(undefined, 'a')).toBe(true);
    expect(await one.replace(undefined, 'b')).toBe(false);
    expect(await one.replace('b', 'c')).toBe(false);
    expect(await one.replace('a', 'é ✓')).toBe(true);
    expect(await one.read()).toBe('é ✓');
    expect(await one.replace('é ✓', 'd')).toBe(true);
    expect(await redis.client.ttl(KEY)).toBe(-1);
  });

  it.each([
    ['a list', () => redis.client.rpush(KEY, 'stop')],
    ['bytes that are no text', () => redis.client.set(KEY, Buffer.from([0xff, 0xfe, 0x00, 0x80]))],
    ['nothing but a space', () => redis.client.set(KEY, ' ')],
    ['an empty text', () => redis.client.set(KEY, '')],
    ['a megabyte', () => redis.client.set(KEY, 'x'.repeat(1_000_000))],
    [
      'an epoch beyond all time',
      () => redis.client.set(KEY, '{"epoch":1e17,"stopped":false,"by":"","why":"","atMs":0}'),
    ],
  ])('is taken for a stop where somebody put %s there, and can be lifted', async (_what, put) => {
    const [a, b] = [await replica(await store()), await replica(await store())];
    await put();
    await waitFor('a stop on both', () => a.state().stopped && b.state().stopped);
    expect(a.state()).toMatchObject({
      by: 'crossfade',
      why: expect.stringContaining('neither stop nor lift'),
    });
    expect(await b.say({ stopped: false, by: 'anna', why: '' })).toMatchObject({ reached: 'fleet' });
    await waitFor('a lift on both', () => !a.state().stopped && !b.state().stopped);
    expect(await redis.client.get(KEY)).toContain('"by":"anna"');
  });
});

describe('given a Redis that does not let this process touch the key', () => {
  const login = { username: 'poor', password: 'poor' };
  const forbid = (...rules: string[]) =>
    redis.client.acl('SETUSER', 'poor', 'reset', 'on', '>poor', ...rules);

  it('says that it is refused, keeps nobody waiting, and stops what it can', async () => {
    await forbid('+@all', '~other', '&*');
    const made = new RedisStopStore(await connected(login));
    await expect(made.read()).rejects.toThrow(StopStoreRefused);
    await expect(made.replace(undefined, 'a')).rejects.toThrow(StopStoreRefused);
    const [poor, other] = [await replica(made), await replica(await store())];
    await poor.confirmed();
    expect(poor.hearing().problems).toEqual([expect.stringMatching(/NOPERM.*allow it/)]);
    await listening(2);
    // It may not keep the word, and others hear it all the same.
    expect(await poor.say({ stopped: true, by: 'anna', why: '' })).toMatchObject({
      reached: 'replica',
      heardBy: 2,
    });
    await waitFor('a stop', () => other.state().stopped);
  });

  it('hears within a second what it may read but not be told', async () => {
    await forbid('+@all', '~*', '&nothing');
    const [poor, other] = [
      await replica(new RedisStopStore(await connected(login))),
      await replica(await store()),
    ];
    await listening(1);
    expect(await other.say({ stopped: true, by: 'anna', why: '' })).toMatchObject({ heardBy: 1 });
    await waitFor('a stop', () => poor.state().stopped, 2_000);
  });
});

describe('given two people who speak at the same time', () => {
  it('lets one word hold everywhere, and no start lift a stop that its person has not seen', async () => {
    const [a, b] = [await replica(await store()), await replica(await store())];
    for (let turn = 0; turn < 20; turn++) {
      const seen = await a.say({ stopped: true, by: 'anna', why: `${turn}` });
      await waitFor('both', () => b.state().epoch === seen.state.epoch);
      const [again, lift] = await Promise.all([
        b.say({ stopped: true, by: 'ben', why: 'still ill' }),
        a.say({ stopped: false, by: 'anna', why: '', over: seen.state.epoch }),
      ]);
      expect(again.reached).toBe('fleet');
      // Either ben was last, or anna was told that she was overtaken; nobody is started against ben.
      await waitFor('both hold what ben said', () =>
        [a, b].every((each) => each.state().by === 'ben' && each.state().stopped),
      );
      expect(['fleet', 'nobody']).toContain(lift.reached);
    }
  });

  it('changes nothing by an answer to a word that no longer stands', async () => {
    const a = await replica(await store());
    const { state } = await a.say({ stopped: true, by: 'anna', why: '' });
    expect(await a.say({ stopped: false, by: 'ben', why: '', over: state.epoch - 1 })).toEqual({
      reached: 'nobody',
      state,
    });
    expect(a.state()).toEqual(state);
  });
});

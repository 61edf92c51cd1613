import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { topicOf } from '../../src/domain/topic.js';
import { RedisSource } from '../../src/sources/redis-source.js';
import { FakeSink } from '../fakes/fake-sink.js';
import { withoutMessages } from '../servers/deafness.js';
import { TcpProxy } from '../servers/tcp-proxy.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let redis: TestRedis;
let proxy: TcpProxy;
let source: RedisSource;
let sink: FakeSink;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  proxy = await TcpProxy.before(redis.server);
  source = new RedisSource({
    endpoint: { host: '127.0.0.1', port: proxy.port },
    clock: new SystemClock(),
    prefixes: { user: 'user:', chat: 'chat:' },
  });
  sink = new FakeSink();
  source.open(topicOf('a'), sink);
  await waitFor('attached', () => sink.said.includes('attached'));
});
afterEach(async () => {
  await source.close();
  await proxy.stop();
});

const publish = (type: string): Promise<unknown> =>
  redis.client.publish('user:a', `{"type": "${type}", "uid": "a"}`);
const detachedBy = (cause: string) =>
  waitFor(`detached by ${cause}`, () => sink.said.includes(`detached ${cause}`));
const attachedAgain = () =>
  waitFor('attached again', () => sink.said.filter((line) => line === 'attached').length === 2, 10_000);

/** Waits until the link has asked so many more questions: it lives, and time has passed. */
async function questions(count: number): Promise<void> {
  const asked = async (): Promise<number> =>
    Number(/cmdstat_ping:calls=(\d+)/.exec(await redis.client.info('commandstats'))?.[1] ?? 0);
  const before = await asked();
  await waitFor(`${count} questions`, async () => (await asked()) >= before + count);
}

/** The whole process stands still, as under SIGSTOP. */
function freeze(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('given a link that becomes a black hole', () => {
  it('is known within 2 s, with a gap that begins before the first loss, and is replaced', async () => {
    await publish('heard');
    await waitFor('it hears', () => sink.types.length === 1);
    proxy.manner = 'swallow';
    const swallowedAtMs = performance.now();
    expect(await publish('lost')).toBe(1);
    await detachedBy('link');
    const foundAtMs = performance.now();
    expect(foundAtMs - swallowedAtMs).toBeLessThan(2_000);
    expect(foundAtMs - (sink.gapsAgoMs[0] ?? 0)).toBeLessThan(swallowedAtMs);
    expect(foundAtMs - (sink.gapsAgoMs[0] ?? 0)).toBeGreaterThan(swallowedAtMs - 1_000);
    proxy.manner = 'pass';
    await attachedAgain();
    await publish('after');
    await waitFor('it hears again', () => sink.types.length === 2);
    expect(sink.types).toEqual(['heard', 'after']);
  });
});

describe('given a link that is reset', () => {
  it('is known at once, and replaced', async () => {
    proxy.reset();
    await detachedBy('link');
    await attachedAgain();
  });

  it('is not torn by what the old one still owed', async () => {
    // A question that was never answered must not be held against the next connection.
    proxy.delayMs = 300;
    await questions(1);
    proxy.reset();
    proxy.delayMs = 0;
    await attachedAgain();
    const standing = proxy.taken;
    await questions(5);
    expect(proxy.taken).toBe(standing);
  });

  it('tries on, ever more slowly, while it is refused', async () => {
    proxy.manner = 'refuse';
    proxy.reset();
    await detachedBy('link');
    const before = proxy.taken;
    await waitFor('more attempts', () => proxy.taken >= before + 3);
    proxy.manner = 'pass';
    await attachedAgain();
  });
});

describe('given a link that is slow', () => {
  it('stays, and every message comes late', async () => {
    proxy.delayMs = 200;
    for (const type of ['one', 'two']) await publish(type);
    await waitFor('both', () => sink.types.length === 2);
    await questions(4);
    expect(sink.said).toEqual(['attached', 'event one', 'event two']);
  });
});

describe('given a process that stands still for longer than a peer may be silent', () => {
  it('has no gap where the link lived: what came meanwhile is delivered', async () => {
    void publish('meanwhile');
    freeze(3_000);
    await waitFor('it hears', () => sink.types.length === 1);
    await questions(2);
    expect(sink.said).toEqual(['attached', 'event meanwhile']);
  });

  it('has a gap of that name where the link broke meanwhile', async () => {
    void redis.client.client('KILL', 'TYPE', 'pubsub');
    freeze(3_000);
    await detachedBy('frozen');
    expect(sink.gapsAgoMs[0]).toBeGreaterThan(3_000);
    await attachedAgain();
  });
});

describe('given a link that answers and carries nothing', () => {
  it('is found by a canary, with a gap from the last that came home, and replaced', async () => {
    const said: string[] = [];
    let lostAtMs = 0;
    source.startCanary({
      intervalMs: 200,
      limitMs: 600,
      publish: (channel, text) => redis.client.publish(channel, text),
      listener: {
        heard: () => said.push('heard'),
        lost: () => {
          lostAtMs = performance.now();
          said.push('lost');
        },
        unsent: () => said.push('unsent'),
        off: () => said.push('off'),
      },
    });
    await waitFor('canaries come home', () => said.length >= 2);
    const deafAtMs = performance.now();
    proxy.filter = withoutMessages;
    expect(await publish('lost')).toBe(1);
    await detachedBy('canary');
    expect(said.at(-1)).toBe('lost');
    expect(lostAtMs - (sink.gapsAgoMs[0] ?? 0)).toBeLessThan(deafAtMs);
    proxy.filter = undefined;
    await attachedAgain();
    await waitFor('canaries come home again', () => said.at(-1) === 'heard');
    expect(sink.said).toEqual(['attached', 'detached canary', 'attached']);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { topicOf } from '../../src/domain/topic.js';
import { RedisSource } from '../../src/sources/redis-source.js';
import { FakeSink } from '../fakes/fake-sink.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let redis: TestRedis;
let source: RedisSource;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(() => {
  source = sourceAt(redis.server.port);
});
afterEach(() => source.close());

function sourceAt(
  port: number,
  login: { readonly username?: string; readonly password?: string } = {},
  more: { readonly batchSize?: number } = {},
): RedisSource {
  return new RedisSource({
    endpoint: { host: '127.0.0.1', port, ...login },
    clock: new SystemClock(),
    prefixes: { user: 'user:', chat: 'chat:' },
    ...more,
  });
}

function wire(uid: string, type = 't', payload = '{}'): string {
  return `{"type": "${type}", "uid": "${uid}", "payload": ${payload}}`;
}

async function opened(uid: string, sink = new FakeSink()): Promise<FakeSink> {
  source.open(topicOf(uid), sink);
  await waitFor(`${uid} attached`, () => sink.said.includes('attached'));
  return sink;
}

async function subscribers(channel: string): Promise<number> {
  const answer = (await redis.client.pubsub('NUMSUB', channel)) as [string, number];
  return answer[1];
}

describe('given a Redis that is well', () => {
  it('tells each topic what its channel says, in order', async () => {
    const [a, b] = [await opened('a'), await opened('b')];
    for (const type of ['one', 'two', 'three']) await redis.client.publish('user:a', wire('a', type));
    await redis.client.publish('user:b', wire('b', 'other'));
    await waitFor('four messages', () => a.types.length + b.types.length === 4);
    expect(a.types).toEqual(['one', 'two', 'three']);
    expect(b.types).toEqual(['other']);
  });

  it('tells nobody of a message of another user, and says that it was misrouted', async () => {
    const [events, bytes] = [await opened('a'), await opened('b', new FakeSink('bytes'))];
    for (const channel of ['user:a', 'user:b']) {
      await redis.client.publish(channel, wire('z'));
      await redis.client.publish(channel, 'not json');
    }
    await waitFor('four rejections', () => events.said.length + bytes.said.length === 6);
    for (const sink of [events, bytes])
      expect(sink.said).toEqual(['attached', 'rejected misrouted', 'rejected unreadable']);
  });

  it('hands bytes through unparsed only where the head proves whose they are', async () => {
    const sink = await opened('a', new FakeSink('bytes'));
    await redis.client.publish('user:a', wire('a', 'proven'));
    await redis.client.publish('user:a', '{"uid": "a", "type": "parsed"}');
    await waitFor('two messages', () => sink.said.length === 3);
    expect(sink.said).toEqual(['attached', 'bytes proven', 'event parsed']);
  });

  it('subscribes a channel once for many readers, and leaves it with the last', async () => {
    const [first, second] = [new FakeSink(), new FakeSink()];
    const subscriptions = [first, second].map((sink) => source.open(topicOf('a'), sink));
    await waitFor('both attached', () => first.said.length === 1 && second.said.length === 1);
    expect(await subscribers('user:a')).toBe(1);
    subscriptions[0]?.close();
    await redis.client.publish('user:a', wire('a'));
    await waitFor('the second hears', () => second.types.length === 1);
    expect(first.types).toEqual([]);
    subscriptions[1]?.close();
    await waitFor('the channel is left', async () => (await subscribers('user:a')) === 0);
  });

  it('ends where it was asked to end, however quickly readers come and go', async () => {
    const seed = 20260;
    const sinks = new Map<string, { sink: FakeSink; close(): void }>();
    let state = seed;
    for (let round = 0; round < 400; round++) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      const uid = `u${state % 7}`;
      const open = sinks.get(uid);
      if (open === undefined) {
        const sink = new FakeSink();
        const subscription = source.open(topicOf(uid), sink);
        sinks.set(uid, {
          sink,
          close: () => {
            subscription.close();
          },
        });
      } else {
        open.close();
        sinks.delete(uid);
      }
      if (round % 25 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await waitFor('all that are open are attached', () =>
      [...sinks.values()].every(({ sink }) => sink.said.includes('attached')),
    );
    for (let user = 0; user < 7; user++) {
      const uid = `u${user}`;
      await waitFor(
        `${uid} as wanted`,
        async () => (await subscribers(`user:${uid}`)) === (sinks.has(uid) ? 1 : 0),
      );
    }
  });

  it('subscribes 5,000 channels in batches, each acknowledged', async () => {
    const sinks = Array.from({ length: 5_000 }, () => new FakeSink());
    sinks.forEach((sink, index) => source.open(topicOf(`m${index}`), sink));
    await waitFor('all attached', () => sinks.every(({ said }) => said[0] === 'attached'), 10_000);
    expect(await subscribers('user:m4999')).toBe(1);
  });
});

describe('given a Redis that refuses some channels', () => {
  const allow = (...rules: string[]): Promise<unknown> =>
    redis.client.acl('SETUSER', 'narrow', 'reset', 'on', '>secret', '+@all', 'resetchannels', ...rules);

  it('attaches all others of their batch, says which it refuses, and takes them up once they are allowed', async () => {
    await allow('&user:ok*');
    const narrow = sourceAt(redis.server.port, { username: 'narrow', password: 'secret' });
    try {
      const uids = Array.from({ length: 999 }, (_, index) =>
        index % 333 === 7 ? `no${index}` : `ok${index}`,
      );
      const sinks = new Map(uids.map((uid) => [uid, new FakeSink()]));
      for (const [uid, sink] of sinks) narrow.open(topicOf(uid), sink);
      await waitFor('all have been answered', () => [...sinks.values()].every(({ said }) => said.length > 0));
      for (const [uid, { said }] of sinks)
        expect([uid, ...said]).toEqual([uid, uid.startsWith('ok') ? 'attached' : 'detached subscribe']);
      const another = new FakeSink();
      narrow.open(topicOf('no7'), another);
      expect(another.said).toEqual(['detached subscribe']);
      await allow('&user:*');
      await waitFor('the refused are attached', () => another.said.includes('attached'));
      expect(sinks.get('no340')?.said).toEqual(['detached subscribe', 'attached']);
      expect(sinks.get('ok0')?.said).toEqual(['attached']);
    } finally {
      await narrow.close();
    }
  });
});

describe('given a Redis that breaks', () => {
  it('attaches the channels that had most to say of late before the others', async () => {
    const batched = sourceAt(redis.server.port, {}, { batchSize: 2 });
    try {
      const order: string[] = [];
      for (const uid of ['a', 'b', 'c', 'd', 'e']) {
        const sink = new FakeSink();
        sink.attached = () => order.push(uid);
        batched.open(topicOf(uid), sink);
      }
      await waitFor('all attached', () => order.length === 5);
      for (const uid of ['d', 'b', 'd']) await redis.client.publish(`user:${uid}`, wire(uid));
      await redis.client.client('KILL', 'TYPE', 'pubsub');
      await waitFor('all attached again', () => order.length === 10);
      expect(order.slice(5)).toEqual(['d', 'b', 'a', 'c', 'e']);
    } finally {
      await batched.close();
    }
  });

  it('says so at once, and attaches every topic again, in batches, when it is back', async () => {
    const sinks = Array.from({ length: 4_500 }, () => new FakeSink());
    sinks.forEach((sink, index) => source.open(topicOf(`m${index}`), sink));
    await waitFor('all attached', () => sinks.every(({ said }) => said.length === 1), 10_000);
    await redis.server.kill('SIGKILL');
    await waitFor('all detached', () => sinks.every(({ said }) => said[1] === 'detached link'));
    expect(source.isUp).toBe(false);
    expect(source.problem).toBeDefined();
    await redis.server.restart();
    await waitFor('all attached again', () => sinks.every(({ said }) => said[2] === 'attached'), 15_000);
    await redis.client.publish('user:m4499', wire('m4499'));
    await waitFor('it hears', () => sinks[4_499]?.types.length === 1);
  });

  it('notices within 2 s a peer that is frozen', async () => {
    const sink = await opened('a');
    await redis.server.kill('SIGSTOP');
    const startMs = performance.now();
    try {
      await waitFor('detached', () => sink.said.includes('detached link'), 2_500);
      expect(performance.now() - startMs).toBeLessThan(2_100);
    } finally {
      await redis.server.kill('SIGCONT');
    }
    await waitFor('attached again', () => sink.said.at(-1) === 'attached', 10_000);
  });

  it('tells a topic that is opened meanwhile that it is not attached', async () => {
    const absent = sourceAt(1);
    try {
      const [early, late] = [new FakeSink(), new FakeSink()];
      absent.open(topicOf('a'), early);
      await waitFor('detached', () => early.said.includes('detached link'));
      absent.open(topicOf('b'), late);
      expect(late.said).toEqual(['detached link']);
      expect(absent.problem).toMatch(/ECONNREFUSED/);
    } finally {
      await absent.close();
    }
  });
});

describe('given a Redis that allows only what ElastiCache Serverless allows', () => {
  it('works without any other command, behind a password', async () => {
    const allowed = ['subscribe', 'unsubscribe', 'publish', 'ping', 'info', 'hello', 'auth', 'quit'].map(
      (command) => `+${command}`,
    );
    const { client, server } = redis;
    await client.acl('SETUSER', 'serverless', 'reset', 'on', '>secret', 'allchannels', '-@all', ...allowed);
    const strict = sourceAt(server.port, { username: 'serverless', password: 'secret' });
    const sink = new FakeSink();
    const subscription = strict.open(topicOf('a'), sink);
    try {
      await waitFor('attached', () => sink.said.includes('attached'));
      await client.publish('user:a', wire('a'));
      await waitFor('it hears', () => sink.types.length === 1);
      subscription.close();
      await waitFor('the channel is left', async () => (await subscribers('user:a')) === 0);
      const denied = (await client.acl('LOG')) as unknown[];
      expect(denied).toEqual([]);
    } finally {
      await strict.close();
    }
  });

  it('says that a wrong password is the reason', async () => {
    await redis.client.acl('SETUSER', 'somebody', 'reset', 'on', '>right', 'allchannels', '+@all');
    const wrong = sourceAt(redis.server.port, { username: 'somebody', password: 'wrong' });
    try {
      const sink = new FakeSink();
      wrong.open(topicOf('a'), sink);
      await waitFor('the reason', () => wrong.problem?.includes('WRONGPASS') === true);
      expect(sink.said).not.toContain('attached');
      expect(wrong.problem).not.toContain('wrong"');
    } finally {
      await wrong.close();
    }
  });
});

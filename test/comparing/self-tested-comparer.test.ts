import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SelfTest } from '../../src/comparing/self-test.js';
import { SelfTestedComparer } from '../../src/comparing/self-tested-comparer.js';
import type { EventSource, SourceSink } from '../../src/contracts/event-source.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { topicOf, type Topic } from '../../src/domain/topic.js';
import type { UserEvent } from '../../src/domain/user-event.js';
import { Router } from '../../src/routing/router.js';
import { RedisSource } from '../../src/sources/redis-source.js';
import { FakeComparer } from '../fakes/fake-comparer.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeSource } from '../fakes/fake-source.js';
import { ManualClock } from '../manual-clock.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let clock: ManualClock;
let recorder: FakeRecorder;
let inner: FakeComparer;
let selfTest: SelfTest;
let heard: string[];

beforeEach(() => {
  clock = new ManualClock();
  recorder = new FakeRecorder();
  inner = new FakeComparer();
  selfTest = new SelfTest(clock, recorder, { confirmMs: 0 });
  heard = [];
});

/** Serves `u1` from Redis while it is compared, and tests it against the second source. */
function serve(redis: EventSource, second: EventSource, sampleOneIn = 1): Router {
  const router = new Router({
    limits: { mode: 'local', legacy: 'registered' },
    legacy: new FakeSource('legacy', true),
    redis,
    flags: new FakeFlags().set('u1', true, true),
    presence: new FakePresence(),
    comparer: new SelfTestedComparer({ comparer: inner, selfTest, second, sampleOneIn, clock, recorder }),
    recorder,
    clock,
    compareChats: false,
  });
  router.read(topicOf('u1'), { kind: 'events', next: (event: UserEvent) => heard.push(event.type) });
  return router;
}

function tallies(): [string, number, number][] {
  return selfTest.read().map(({ type, agreed, disagreed }) => [type, agreed, disagreed]);
}

describe('given two connections to a real Redis', () => {
  let server: TestRedis;
  let router: Router | undefined;
  const open: RedisSource[] = [];

  beforeAll(async () => {
    server = await startTestRedis();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    router?.close();
    for (const source of open.splice(0)) await source.close();
  });

  function connection(): RedisSource {
    const { port } = server.server;
    const endpoint = { host: '127.0.0.1', port };
    const prefixes = { user: 'user:', chat: 'chat:' };
    const source = new RedisSource({ endpoint, clock: new SystemClock(), prefixes });
    open.push(source);
    return source;
  }

  /** Publishes until the second connection, too, has heard the last of it. */
  async function publish(types: readonly string[], passed: string[]): Promise<void> {
    for (const type of types)
      await server.client.publish('user:u1', `{"type": "${type}", "uid": "u1", "payload": {"k": "${type}"}}`);
    await waitFor('both have heard', () => heard.at(-1) === types.at(-1) && passed.at(-1) === types.at(-1));
    clock.advance(60_000);
  }

  /** Both have been told so: that the server knows of them comes earlier. */
  async function subscribed(second: Losing): Promise<void> {
    await waitFor('two subscriptions', () => second.isAttached && inner.told.includes('u1 attached redis'));
    clock.advance(60_000);
  }

  it('says that they agree, and leaves nothing open when the reader goes', async () => {
    const passed: string[] = [];
    const second = new Losing(connection(), passed, []);
    router = serve(connection(), second);
    await subscribed(second);
    await publish(['notif.add', 'task.progress_update', 'last'], passed);
    expect(tallies()).toEqual([
      ['notif.add', 1, 0],
      ['other', 1, 0],
      ['task.progress_update', 1, 0],
    ]);
    router.close();
    await waitFor('no subscription', async () => {
      const answer = (await server.client.pubsub('NUMSUB', 'user:u1')) as [string, number];
      return answer[1] === 0;
    });
    expect(clock.pending).toBe(0);
  });

  it('says that they disagree where one of them missed a message, and everything is delivered all the same', async () => {
    const passed: string[] = [];
    const second = new Losing(connection(), passed, ['task.progress_update']);
    router = serve(connection(), second);
    await subscribed(second);
    await publish(['notif.add', 'task.progress_update', 'last'], passed);
    expect(tallies()).toEqual([
      ['notif.add', 1, 0],
      ['other', 1, 0],
      ['task.progress_update', 0, 1],
    ]);
    expect(heard).toEqual(['notif.add', 'task.progress_update', 'last']);
    expect(recorder.of('compared missing_in_redis task.progress_update')).toBe(0);
  });
});

describe('given a second connection that is ill', () => {
  it('excuses what it may have missed while it was away', () => {
    const [redis, second] = [new FakeSource('redis', true), new FakeSource('redis', true)];
    serve(redis, second);
    clock.advance(60_000);
    second.detach('u1', 'link', 500);
    redis.say('u1', 'notif.add', { n: 1 });
    clock.advance(60_000);
    second.attach('u1');
    clock.advance(60_000);
    for (const source of [redis, second]) source.say('u1', 'notif.add', { n: 2 });
    clock.advance(60_000);
    expect(tallies()).toEqual([['notif.add', 1, 0]]);
    expect(heard).toEqual(['notif.add', 'notif.add']);
  });

  it('serves and compares as ever when it cannot even be opened, and counts that', () => {
    const redis = new FakeSource('redis', true);
    const broken: EventSource = {
      source: 'redis',
      open: () => {
        throw new Error('no second connection');
      },
    };
    serve(redis, broken);
    redis.say('u1', 'notif.add');
    expect(heard).toEqual(['notif.add']);
    expect(inner.told).toContain('u1 arrived redis notif.add');
    expect(recorder.of('failed self_test')).toBe(1);
  });

  it('serves and compares as ever when the self-test throws at everything, and counts that', () => {
    const [redis, second] = [new FakeSource('redis'), new FakeSource('redis')];
    const fail = (): never => {
      throw new Error('the self-test is broken');
    };
    selfTest.begin = () =>
      ({ attached: fail, detached: fail, arrived: fail, end: fail }) as unknown as ReturnType<
        SelfTest['begin']
      >;
    const router = serve(redis, second);
    for (const source of [redis, second]) {
      source.attach('u1');
      source.say('u1', 'notif.add');
      source.detach('u1');
    }
    router.close();
    expect(heard).toEqual(['notif.add']);
    expect(inner.told.at(-1)).toBe('u1 end');
    expect(recorder.of('failed self_test')).toBe(7);
    expect(recorder.of('failed compare')).toBe(0);
    expect(second.openKeys).toEqual([]);
  });
});

describe('given a ratio of users to test', () => {
  it('opens the second connection for about so many, and always for the same', () => {
    const openedBy = (): readonly string[] => {
      const second = new FakeSource('redis');
      const comparer = new SelfTestedComparer({
        comparer: inner,
        selfTest,
        second,
        sampleOneIn: 20,
        clock,
        recorder,
      });
      for (let n = 0; n < 10_000; n++) comparer.begin(topicOf(`user${n}`)).end();
      expect(second.openKeys).toEqual([]);
      return second.opened;
    };
    const opened = openedBy();
    expect(opened.length).toBeGreaterThan(400);
    expect(opened.length).toBeLessThan(600);
    expect(openedBy()).toEqual(opened);
  });
});

/** A source that loses every message of some types. */
class Losing implements EventSource {
  readonly source = 'redis';
  isAttached = false;

  constructor(
    private readonly inner: EventSource,
    private readonly passed: string[],
    private readonly lost: readonly string[],
  ) {}

  open(topic: Topic, sink: SourceSink): ReturnType<EventSource['open']> {
    const event: SourceSink['event'] = (envelope, bytes) => {
      if (this.lost.includes(envelope.type)) return;
      this.passed.push(envelope.type);
      sink.event(envelope, bytes);
    };
    return this.inner.open(topic, {
      wants: 'events',
      attached: () => {
        this.isAttached = true;
        sink.attached();
      },
      detached: (cause, agoMs) => {
        sink.detached(cause, agoMs);
      },
      event,
      bytes: (type, bytes) => {
        sink.bytes(type, bytes);
      },
      rejected: (why) => {
        sink.rejected(why);
      },
    });
  }
}

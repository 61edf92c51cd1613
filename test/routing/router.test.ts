import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RouteLimits } from '../../src/domain/route.js';
import { topicOf } from '../../src/domain/topic.js';
import type { Envelope, UserEvent } from '../../src/domain/user-event.js';
import { Router } from '../../src/routing/router.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import { FakeComparer } from '../fakes/fake-comparer.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeSource } from '../fakes/fake-source.js';
import { ManualClock } from '../manual-clock.js';

let clock: ManualClock;
let legacy: FakeSource;
let redis: FakeSource;
let flags: FakeFlags;
let presence: FakePresence;
let comparer: FakeComparer;
let recorder: FakeRecorder;
let got: string[];

function routerWith(
  limits: RouteLimits = { mode: 'local', legacy: 'registered' },
  compareChats = false,
): Router {
  return new Router({ limits, legacy, redis, flags, presence, comparer, recorder, clock, compareChats });
}

function read(router: Router, uid: string, into = got): () => void {
  return router.read(topicOf(uid), {
    kind: 'events',
    next: (event: UserEvent) => into.push(`${event.source} ${event.type}`),
  });
}

beforeEach(() => {
  clock = new ManualClock();
  legacy = new FakeSource('legacy', true);
  redis = new FakeSource('redis');
  flags = new FakeFlags();
  presence = new FakePresence();
  comparer = new FakeComparer();
  recorder = new FakeRecorder();
  got = [];
});

describe('given a user in the legacy stage', () => {
  beforeEach(() => {
    flags.set('u1', false, false);
  });

  it('opens the legacy source alone and delivers what it says', () => {
    read(routerWith(), 'u1');
    legacy.say('u1', 'notif.sync');
    expect(got).toEqual(['legacy notif.sync']);
    expect(redis.opened).toEqual([]);
    expect(presence.present).toEqual([]);
    expect(comparer.told).toEqual([]);
  });

  it('closes the source when the last of several readers leaves, and not before', () => {
    const router = routerWith();
    const first = read(router, 'u1');
    const second = read(router, 'u1');
    expect(legacy.opened).toEqual(['u1']);
    first();
    first();
    expect(legacy.openKeys).toEqual(['u1']);
    second();
    expect(legacy.openKeys).toEqual([]);
    expect(router.usersByStage().legacy).toBe(0);
  });

  it('serves the other readers when one of them throws, and counts it', () => {
    const router = routerWith();
    router.read(topicOf('u1'), {
      kind: 'events',
      next: () => {
        throw new Error('a broken screen');
      },
    });
    read(router, 'u1');
    legacy.say('u1', 'msg.sync');
    expect(got).toEqual(['legacy msg.sync']);
    expect(recorder.of('failed consumer')).toBe(1);
  });
});

describe('given a legacy listener that gives its first snapshot while it is being started', () => {
  it.each(['legacy', 'shadow'])('delivers that snapshot in the %s stage', (stage) => {
    flags.set('u1', stage === 'shadow', false);
    const source = new InProcessSource({
      start: (topic) => {
        source.push(topic.uid, ['notifications', { notifications: [] }]);
        return () => undefined;
      },
    });
    legacy = source as unknown as FakeSource;
    read(routerWith(), 'u1');
    expect(got).toEqual(['legacy notif.sync']);
  });
});

describe('given a reader that stops another one while both are being told', () => {
  it.each(['events', 'bytes'] as const)('tells the stopped one of %s nothing more', (kind) => {
    flags.set('u1', true, true);
    flags.serveIsFull = true;
    const router = routerWith();
    let stop = (): void => undefined;
    router.read(topicOf('u1'), {
      kind,
      next: () => {
        stop();
      },
    });
    stop = router.read(topicOf('u1'), { kind, next: () => got.push('after it was stopped') });
    redis.attach('u1');
    redis.sayBytes('u1', 'notif.sync');
    expect(got).toEqual([]);
  });
});

describe('given an event that JSON cannot say, and a reader of bytes', () => {
  it('serves the readers of objects, spares the source, and counts it', () => {
    flags.set('u1', false, false);
    const router = routerWith();
    router.read(topicOf('u1'), { kind: 'bytes', next: () => got.push('bytes') });
    read(router, 'u1');
    legacy.say('u1', 'msg.sync', { amount: 1n });
    expect(got).toEqual(['legacy msg.sync']);
    expect(recorder.of('failed consumer')).toBe(1);
  });
});

describe('given a user in the shadow stage', () => {
  beforeEach(() => {
    flags.set('u1', true, false);
  });

  it('delivers legacy and compares both', () => {
    read(routerWith(), 'u1');
    redis.attach('u1');
    legacy.say('u1', 'notif.sync');
    redis.say('u1', 'notif.sync');
    expect(got).toEqual(['legacy notif.sync']);
    expect(comparer.told).toEqual([
      'u1 begin',
      'u1 attached legacy',
      'u1 attached redis',
      'u1 arrived legacy notif.sync',
      'u1 arrived redis notif.sync',
    ]);
  });

  it('opens presence only after the subscription is acknowledged', () => {
    const leave = read(routerWith(), 'u1');
    expect(presence.present).toEqual([]);
    redis.attach('u1');
    expect(presence.present).toEqual(['u1']);
    leave();
    expect(presence.present).toEqual([]);
  });

  it('never opens a chat’s presence and compares no chat, unless that is switched on', () => {
    const chat = { spaceCode: 's', threadKey: 't' };
    routerWith().read(topicOf('u1', chat), { kind: 'events', next: () => undefined });
    redis.attach('u1:s:t');
    expect(presence.present).toEqual([]);
    expect(comparer.told).toEqual([]);
    routerWith(undefined, true).read(topicOf('u1', chat), { kind: 'events', next: () => undefined });
    redis.attach('u1:s:t');
    expect(presence.present).toEqual(['u1:s:t']);
    expect(comparer.told).toContain('u1:s:t begin');
  });

  it('delivers every event, in order, while the comparer throws', () => {
    comparer.broken = true;
    read(routerWith(), 'u1');
    legacy.say('u1', 'a');
    legacy.say('u1', 'b');
    expect(got).toEqual(['legacy a', 'legacy b']);
    expect(recorder.of('failed compare')).toBeGreaterThan(0);
  });
});

describe('given a user in the live stage', () => {
  beforeEach(() => {
    flags.set('u1', true, true);
  });

  it('delivers Redis and only compares legacy', () => {
    read(routerWith(), 'u1');
    redis.attach('u1');
    redis.say('u1', 'notif.sync');
    legacy.say('u1', 'notif.sync');
    expect(got).toEqual(['redis notif.sync']);
  });

  it('delivers legacy at once when Redis breaks, and Redis again when it has been back for a while', () => {
    read(routerWith(), 'u1');
    redis.attach('u1');
    clock.advance(5_000);
    redis.detach('u1', 'link', 800);
    legacy.say('u1', 'a');
    clock.advance(2_000);
    redis.attach('u1');
    legacy.say('u1', 'still legacy');
    clock.advance(10_000);
    redis.say('u1', 'b');
    expect(got).toEqual(['legacy a', 'legacy still legacy', 'redis b']);
    expect(recorder.gaps).toEqual([{ source: 'redis', cause: 'link', lengthMs: 2_800 }]);
  });

  it('delivers legacy when Redis was never there', () => {
    read(routerWith(), 'u1');
    redis.detach('u1');
    legacy.say('u1', 'a');
    expect(got).toEqual(['legacy a']);
  });
});

describe('given a user in the complete stage', () => {
  beforeEach(() => {
    flags.set('u1', false, true);
    flags.serveIsFull = true;
  });

  it('closes legacy and hands bytes through unparsed', () => {
    const texts: string[] = [];
    routerWith().read(topicOf('u1'), {
      kind: 'bytes',
      next: (bytes) => texts.push(new TextDecoder().decode(bytes)),
    });
    redis.attach('u1');
    redis.sayBytes('u1', 'notif.sync', { count: 0 });
    expect(legacy.openKeys).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(JSON.parse(texts[0] ?? '')).toMatchObject({
      type: 'notif.sync',
      uid: 'u1',
      payload: { count: 0 },
    });
  });

  it('is live, never complete, while serve is below 100 %', () => {
    flags.serveIsFull = false;
    const router = routerWith();
    read(router, 'u1');
    expect(router.routeOf('u1')).toEqual({ stage: 'live', reason: 'flags' });
    expect(legacy.openKeys).toEqual(['u1']);
  });
});

describe('given a flag that changes while a user is connected', () => {
  it('keeps serving the old source until the new one is attached and has been heard for a window', () => {
    flags.set('u1', true, false);
    const router = routerWith();
    read(router, 'u1');
    flags.set('u1', true, true).tell();
    legacy.say('u1', 'before');
    redis.attach('u1');
    redis.say('u1', 'not yet');
    redis.say('u1', 'msg.sync');
    clock.advance(5_000);
    redis.say('u1', 'after');
    expect(got).toEqual(['legacy before', 'redis after']);
    expect(router.usersByStage()).toEqual({ legacy: 0, shadow: 0, live: 1, complete: 0 });
  });

  it('opens legacy again before it leaves Redis', () => {
    flags.set('u1', false, true);
    flags.serveIsFull = true;
    legacy = new FakeSource('legacy');
    read(routerWith(), 'u1');
    redis.attach('u1');
    flags.set('u1', false, false).tell();
    redis.say('u1', 'still redis');
    legacy.attach('u1');
    redis.say('u1', 'and still');
    clock.advance(10_000);
    legacy.say('u1', 'legacy again');
    expect(got).toEqual(['redis still redis', 'redis and still', 'legacy legacy again']);
    clock.advance(5_000);
    expect(redis.openKeys).toEqual([]);
    expect(presence.present).toEqual([]);
  });

  it('leaves every user where the user is when the flags cannot be read', () => {
    flags.set('u1', true, true);
    const router = routerWith();
    read(router, 'u1');
    flags.broken = true;
    flags.tell();
    expect(router.routeOf('u1').stage).toBe('live');
    expect(recorder.of('failed decide_route')).toBe(1);
  });
});

describe('given a ceiling that flags cannot lift', () => {
  it('moves nobody in legacy mode', () => {
    flags.set('u1', true, true);
    const router = routerWith({ mode: 'legacy', legacy: 'registered' });
    expect(router.routeOf('u1')).toEqual({ stage: 'legacy', reason: 'mode' });
  });

  it('puts everybody in complete once legacy is retired', () => {
    const router = routerWith({ mode: 'prod', legacy: 'retired' });
    expect(router.routeOf('u1')).toEqual({ stage: 'complete', reason: 'retired' });
  });
});

describe('given a router that is closed', () => {
  it('leaves no timer, no listener and no open source, and refuses new readers', () => {
    flags.set('u1', true, true);
    const router = routerWith();
    read(router, 'u1');
    router.close();
    expect([legacy.openKeys, redis.openKeys, flags.listenerCount, clock.pending]).toEqual([[], [], 0, 0]);
    expect(() => read(router, 'u2')).toThrow(/shutting down/);
  });
});

describe('given a legacy side that speaks while it is being started', () => {
  it.each([
    ['shadow', true, false],
    ['live', true, true],
  ] as const)(
    'is started once for a reader at whose first event the stage becomes %s',
    (_to, compare, serve) => {
      flags.set('u1', false, false);
      const list = (id: string): Envelope => ({
        type: 'notif.sync',
        uid: 'u1',
        payload: { notifications: [{ doc_id: id }] },
      });
      let running = 0;
      const speaking: InProcessSource = new InProcessSource({
        start: () => {
          running++;
          speaking.push('u1', list('a'));
          return () => running--;
        },
      });
      const router = new Router({
        limits: { mode: 'local', legacy: 'registered' },
        legacy: speaking,
        redis,
        flags,
        presence,
        comparer,
        recorder,
        clock,
        compareChats: false,
      });
      const stop = router.read(topicOf('u1'), {
        kind: 'events',
        next: ({ payload }) => {
          if (got.push(JSON.stringify(payload['notifications'])) > 1) return;
          flags.set('u1', compare, serve);
          flags.tell();
        },
      });
      speaking.push('u1', list('b'));
      speaking.push('u1', list('c'));
      expect(got).toEqual(['[{"doc_id":"a"}]', '[{"doc_id":"b"}]', '[{"doc_id":"c"}]']);
      stop();
      expect(running).toBe(0);
      expect(redis.openKeys).toEqual([]);
    },
  );
});

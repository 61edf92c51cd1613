import { beforeEach, describe, expect, it } from '@jest/globals';
import { topicOf } from '../../src/domain/topic.js';
import type { UserEvent } from '../../src/domain/user-event.js';
import { Router } from '../../src/routing/router.js';
import { FakeComparer } from '../fakes/fake-comparer.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeSource } from '../fakes/fake-source.js';
import { ManualClock } from '../manual-clock.js';

let clock: ManualClock;
let legacy: FakeSource;
let redis: FakeSource;
let recorder: FakeRecorder;
let comparer: FakeComparer;
let router: Router;

beforeEach(() => {
  clock = new ManualClock();
  legacy = new FakeSource('legacy', true);
  redis = new FakeSource('redis', true);
  recorder = new FakeRecorder();
  comparer = new FakeComparer();
  router = new Router({
    limits: { mode: 'local', legacy: 'registered' },
    legacy,
    redis,
    flags: new FakeFlags().set('u1', true, true).set('u2', true, true),
    presence: new FakePresence(),
    comparer,
    recorder,
    clock,
    compareChats: false,
  });
});

function read(uid: string): string[] {
  const got: string[] = [];
  const next = (event: UserEvent): number => got.push(`${event.source} ${event.type}`);
  router.read(topicOf(uid), { kind: 'events', next });
  return got;
}

describe('given a watcher that doubts the Redis of this replica', () => {
  it('serves users in live from legacy at once, whether they were there or come later', () => {
    const first = read('u1');
    clock.advance(20_000);
    router.redisHealth.doubt({ cause: 'canary', sinceMs: 18_000 });
    const second = read('u2');
    for (const uid of ['u1', 'u2']) legacy.say(uid, 'a');
    expect([router.servedBy(topicOf('u1')), router.servedBy(topicOf('u2'))]).toEqual(['legacy', 'legacy']);
    expect([first, second]).toEqual([['legacy a'], ['legacy a']]);
  });

  it('counts one gap for each topic, of the first cause and from when it was doubted, until nothing is', () => {
    read('u1');
    clock.advance(20_000);
    router.redisHealth.doubt({ cause: 'canary', sinceMs: 18_000 });
    router.redisHealth.doubt({ cause: 'publisher', sinceMs: 19_000 });
    router.redisHealth.doubt({ cause: 'canary', sinceMs: 19_500 });
    clock.advance(5_000);
    router.redisHealth.clear('canary');
    expect(recorder.gaps).toEqual([]);
    clock.advance(5_000);
    router.redisHealth.clear('publisher');
    router.redisHealth.clear('publisher');
    expect(recorder.gaps).toEqual([{ source: 'redis', cause: 'canary', lengthMs: 12_000 }]);
  });

  it('does not take a subscription that comes back for the end of the doubt', () => {
    read('u1');
    clock.advance(20_000);
    router.redisHealth.doubt({ cause: 'publisher', sinceMs: 19_000 });
    redis.detach('u1');
    redis.attach('u1');
    expect(router.servedBy(topicOf('u1'))).toBe('legacy');
    expect(recorder.gaps).toEqual([]);
  });

  it('ends no comparison when the publisher is doubted: what it does not say is what is to be found', () => {
    read('u1');
    router.redisHealth.doubt({ cause: 'publisher', sinceMs: 0 });
    redis.detach('u1');
    redis.attach('u1');
    router.redisHealth.clear('publisher');
    router.redisHealth.doubt({ cause: 'canary', sinceMs: 0 });
    router.redisHealth.clear('canary');
    expect(comparer.told.filter((line) => line.includes('redis'))).toEqual([
      'u1 attached redis',
      'u1 detached redis link',
      'u1 attached redis',
      'u1 detached redis canary',
      'u1 attached redis',
    ]);
  });
});

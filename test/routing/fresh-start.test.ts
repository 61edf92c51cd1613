import { beforeEach, describe, expect, it } from '@jest/globals';
import { config } from 'rxjs';
import { topicOf } from '../../src/domain/topic.js';
import { EventProvider } from '../../src/routing/event-provider.js';
import { Router } from '../../src/routing/router.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeSource } from '../fakes/fake-source.js';
import { ManualClock } from '../manual-clock.js';
import { waitFor } from '../wait-for.js';

let clock: ManualClock;
let legacy: FakeSource;
let redis: FakeSource;
let recorder: FakeRecorder;
let router: Router;
let got: string[];

beforeEach(() => {
  clock = new ManualClock();
  legacy = new FakeSource('legacy', true);
  redis = new FakeSource('redis');
  recorder = new FakeRecorder();
  router = new Router({
    limits: { mode: 'local', legacy: 'registered' },
    legacy,
    redis,
    flags: new FakeFlags().set('u1', true, true),
    presence: new FakePresence(),
    recorder,
    clock,
    compareChats: false,
  });
  got = [];
});

describe('given a user in live who has only just come', () => {
  it('gets from legacy what is said while the first SUBSCRIBE is under way, and from Redis after it', () => {
    router.read(topicOf('u1'), { kind: 'events', next: ({ source, type }) => got.push(`${source} ${type}`) });
    clock.advance(100);
    legacy.say('u1', 'notif.add', { n: 1 });
    redis.attach('u1');
    redis.say('u1', 'notif.add', { n: 2 });
    expect(got).toEqual(['legacy notif.add', 'redis notif.add']);
  });
});

describe('given a reader who leaves in the middle of a gap', () => {
  it('counts the gap up to then', () => {
    const leave = router.read(topicOf('u1'), { kind: 'events', next: () => undefined });
    redis.attach('u1');
    clock.advance(1_000);
    redis.detach('u1', 'link', 400);
    clock.advance(2_000);
    leave();
    expect(recorder.gaps).toEqual([{ source: 'redis', cause: 'link', lengthMs: 2_400 }]);
  });

  it('counts it also when the process ends', () => {
    router.read(topicOf('u1'), { kind: 'events', next: () => undefined });
    redis.attach('u1');
    redis.detach('u1');
    clock.advance(2_000);
    router.close();
    expect(recorder.gaps).toEqual([{ source: 'redis', cause: 'link', lengthMs: 2_000 }]);
  });
});

describe('given a reader that throws', () => {
  const fail = (): never => {
    throw new Error('the host is wrong');
  };

  it('is counted where it listens by callback, and costs no other reader an event', () => {
    const events = new EventProvider(router);
    events.listen('u1', fail);
    events.listen('u1', ({ type }) => got.push(type));
    legacy.say('u1', 'a');
    legacy.say('u1', 'b');
    expect(got).toEqual(['a', 'b']);
    expect(recorder.of('failed consumer')).toBe(2);
  });

  it('is told to whoever asked rxjs where it subscribes, and costs no other reader an event', async () => {
    const told: string[] = [];
    config.onUnhandledError = (error) => told.push(String(error));
    const events = new EventProvider(router);
    events.stream('u1').subscribe(fail);
    events.listen('u1', ({ type }) => got.push(type));
    legacy.say('u1', 'a');
    legacy.say('u1', 'b');
    expect(got).toEqual(['a', 'b']);
    await waitFor('both errors', () => told.length === 2);
    expect(told[0]).toContain('the host is wrong');
    config.onUnhandledError = null;
  });
});

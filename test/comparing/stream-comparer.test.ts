import { describe, expect, it } from '@jest/globals';
import { CrossfadeError } from '../../src/domain/errors.js';
import type { UserEvent } from '../../src/domain/user-event.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { CHAT, ComparerBench } from './comparer-bench.js';

const item = (id: string): object => ({ doc_id: id });

describe('given a comparer that is told of events', () => {
  it('only queues them, and looks at them later', () => {
    const bench = new ComparerBench();
    const session = bench.session(CHAT);
    let looked = 0;
    const payload = new Proxy({}, { get: () => (looked++, undefined) });
    bench.say(session, 'redis', 'notif.sync', payload);
    const before = looked;
    bench.clock.advance(1);
    expect(before).toBeLessThanOrEqual(1);
    expect(looked).toBeGreaterThan(before);
  });

  it('keeps what a list said, though the backend goes on with the same objects', () => {
    const bench = new ComparerBench();
    const session = bench.session();
    const shown = { doc_id: 'a', status: 'info', additional_info: { step: 1 } };
    bench.list(session, 'legacy', [shown]);
    bench.list(session, 'redis', [structuredClone(shown)]);
    bench.clock.advance(60_000);
    shown.status = 'done';
    shown.additional_info.step = 2;
    bench.list(session, 'legacy', [shown]);
    bench.list(session, 'redis', [structuredClone(shown)]);
    bench.clock.advance(60_000);
    shown.status = 'changed without a word';
    bench.list(session, 'redis', [{ ...structuredClone(shown), status: 'done' }]);
    bench.clock.advance(60_000);
    expect(bench.counts()).toEqual({ 'compared matched notif.sync': 2 });
  });

  it.each([
    [
      'a field that is undefined is none, and stands for no other',
      { doc_id: 'a', file_id: undefined },
      { doc_id: 'a', job_id: 'j1' },
      'compared different notif.sync',
    ],
    [
      'a whole number is one, however large the type that it came in',
      { doc_id: 'a', pages: 5n },
      { doc_id: 'a', pages: 5 },
      'compared matched notif.sync',
    ],
    [
      'a rule of the host sees an object of a class as that',
      { doc_id: 'a', at: new Date(5_000) },
      { doc_id: 'a', at: '1970-01-01T00:00:05Z' },
      'compared matched notif.sync',
    ],
  ])('judges items of JavaScript, which are no JSON, by what they say: %s', (_what, said, read, outcome) => {
    const at = (when: unknown): number => new Date(when as string).getTime();
    const rules = [{ type: 'notif.sync', equalBy: { at } }];
    const bench = new ComparerBench({ settings: { rules } });
    const session = bench.session();
    bench.list(session, 'legacy', [said]);
    bench.list(session, 'redis', [read]);
    bench.clock.advance(60_000);
    expect(bench.counts()).toEqual({ [outcome]: 1 });
  });

  it("asks a host's rule while it looks at an arrival, where one that throws or is slow is found out", () => {
    const amount = (value: unknown): number => {
      if (value === 'bad') throw new Error('a broken rule');
      return Number(value);
    };
    const rules = [{ type: 'notif.sync', equalBy: { amount } }];
    const bench = new ComparerBench({ settings: { rules } });
    const session = bench.session();
    bench.list(session, 'legacy', [{ doc_id: 'a', amount: 'bad' }]);
    bench.list(session, 'redis', [{ doc_id: 'a', amount: 1 }, item('b')]);
    bench.clock.advance(1);
    expect(bench.counts()).toMatchObject({ 'failed compare': 1, 'dropped comparison': 1 });
    bench.clock.advance(60_000);
    expect(bench.counts()).toMatchObject({ 'failed compare': 1, 'excused overload notif.sync': 2 });
  });

  it('leaves no timer and holds nothing when the users have left', () => {
    const bench = new ComparerBench();
    const floor = bench.comparer.load();
    const sessions = Array.from({ length: 200 }, (_, n) => bench.comparer.begin({ uid: `u${n}` }));
    for (const session of sessions) {
      session.attached('legacy');
      session.attached('redis');
      bench.list(session, 'legacy', [item('a'), item('b')]);
      bench.list(session, 'redis', [item('a')]);
      for (let n = 0; n < 20; n++) bench.message(session, 'legacy', `m${n}`);
    }
    bench.clock.advance(1_000);
    expect(bench.comparer.load()).toEqual({ sessions: 200, queued: 0, pending: 4_000, items: 600 });
    for (const session of sessions) {
      bench.message(session, 'redis', 'last');
      session.end();
      session.end();
      bench.message(session, 'redis', 'too late');
    }
    bench.clock.advance(1_000);
    expect(bench.comparer.load()).toEqual(floor);
    expect(bench.clock.pending).toBe(0);
    expect(bench.counts()).toEqual({});
  });

  it('needs no more timers for ten thousand users than for one', () => {
    const bench = new ComparerBench();
    for (let n = 0; n < 10_000; n++) {
      const session = bench.comparer.begin({ uid: `u${n}` });
      session.attached('legacy');
      session.attached('redis');
      bench.list(session, 'legacy', [item('a')]);
      bench.list(session, 'redis', n % 1_000 === 0 ? [] : [item('a')]);
    }
    expect(bench.clock.pending).toBeLessThanOrEqual(2);
    let most = 0;
    for (let n = 0; n < 200; n++) {
      bench.clock.advance(100);
      most = Math.max(most, bench.clock.pending);
    }
    expect(most).toBeLessThanOrEqual(2);
    // The queue holds 10,000 at a time: what was dropped for that is counted, and none of it is called a fault.
    const dropped = bench.recorder.of('dropped comparison');
    expect(dropped).toBeGreaterThan(0);
    expect(bench.recorder.of('excused overload notif.sync')).toBeGreaterThanOrEqual(dropped);
    expect(bench.recorder.of('compared missing_in_redis notif.sync')).toBe(5);
  });

  it('finds the same faults among ten thousand users when they come at a pace', () => {
    const bench = new ComparerBench();
    for (let n = 0; n < 10_000; n++) {
      const session = bench.comparer.begin({ uid: `u${n}` });
      session.attached('legacy');
      session.attached('redis');
      bench.list(session, 'legacy', [item('a')]);
      bench.list(session, 'redis', n % 1_000 === 0 ? [] : [item('a')]);
      if (n % 100 === 99) bench.clock.advance(1);
    }
    bench.clock.advance(20_000);
    expect(bench.counts()).toEqual({
      'compared matched notif.sync': 9_990,
      'compared missing_in_redis notif.sync': 10,
    });
  });
});

describe('given more than the bounds allow', () => {
  it('drops the oldest comparison, counts it, and excuses its partner', () => {
    const bench = new ComparerBench({ settings: { maxQueued: 3 } });
    const session = bench.session(CHAT);
    for (const id of ['a', 'b', 'c', 'd']) bench.message(session, 'legacy', id);
    bench.clock.advance(10);
    for (const id of ['a', 'b', 'c']) bench.message(session, 'redis', id);
    bench.clock.advance(20_000);
    expect(bench.counts()).toEqual({
      'compared matched chat.message': 2,
      'dropped comparison': 1,
      // the one that was dropped, its partner, and one whose partner it might have been
      'excused overload chat.message': 2,
      'compared missing_in_redis chat.message': 1,
    });
  });

  it('never drops that a source came or went', () => {
    const bench = new ComparerBench({ settings: { maxQueued: 1 } });
    const session = bench.comparer.begin(CHAT);
    session.attached('legacy');
    session.attached('redis');
    for (let n = 0; n < 50; n++) bench.message(session, 'legacy', `m${n}`);
    bench.clock.advance(60_000);
    bench.message(session, 'legacy', 'lost');
    bench.clock.advance(60_000);
    expect(bench.recorder.of('compared missing_in_redis chat.message')).toBe(1);
  });

  it('bounds what waits for a partner, in one topic and in all', () => {
    const bench = new ComparerBench({ settings: { maxPendingPerTopic: 10, maxPending: 25 } });
    const sessions = ['u1', 'u2', 'u3'].map((uid) => bench.session({ ...CHAT, uid }));
    for (const session of sessions) for (let n = 0; n < 20; n++) bench.message(session, 'legacy', `m${n}`);
    bench.clock.advance(100);
    expect(bench.comparer.load().pending).toBeLessThanOrEqual(25);
    expect(bench.recorder.of('dropped comparison')).toBe(35);
    bench.clock.advance(60_000);
    expect(bench.comparer.load().pending).toBe(0);
  });

  it('leaves a list unknown rather than hold more items than allowed', () => {
    const bench = new ComparerBench({ settings: { maxItems: 10 } });
    const session = bench.session();
    const many = Array.from({ length: 8 }, (_, n) => item(`i${n}`));
    bench.list(session, 'legacy', many);
    bench.list(session, 'redis', many);
    bench.clock.advance(20_000);
    expect(bench.comparer.load().items).toBe(8);
    expect(bench.recorder.of('dropped comparison')).toBe(1);
    expect(Object.keys(bench.counts()).filter((key) => key.startsWith('compared'))).toEqual([]);
  });
});

describe('given a comparer that fails', () => {
  const failing = (what: 'normalise' | 'equalBy'): ComparerBench => {
    const rule =
      what === 'normalise'
        ? {
            type: 'chat.message',
            normalise: () => {
              throw new Error('planted');
            },
          }
        : {
            type: 'chat.message',
            equalBy: {
              content: () => {
                throw new Error('planted');
              },
            },
          };
    return new ComparerBench({ settings: { rules: [rule] } });
  };

  it.each(['normalise', 'equalBy'] as const)(
    'counts that its %s failed, excuses the comparison, and goes on',
    (what) => {
      const bench = failing(what);
      const session = bench.session(CHAT);
      const user = bench.session();
      bench.message(session, 'legacy', 'a', { content: 'x' });
      bench.message(session, 'redis', 'a', { content: 'y' });
      bench.list(user, 'legacy', [item('a')]);
      bench.list(user, 'redis', [item('a')]);
      bench.clock.advance(20_000);
      expect(bench.recorder.of('failed compare')).toBeGreaterThan(0);
      expect(bench.recorder.of('excused overload chat.message')).toBeGreaterThan(0);
      expect(bench.recorder.of('compared matched notif.sync')).toBe(1);
      expect(Object.keys(bench.counts()).filter((key) => key.includes('missing'))).toEqual([]);
    },
  );

  it('reaches nobody, not even with a recorder that throws at everything', () => {
    const hostile = new Proxy(new FakeRecorder(), {
      get: () => () => {
        throw new Error('planted');
      },
    });
    const bench = new ComparerBench({ recorder: hostile, settings: { maxQueued: 2 } });
    const session = bench.session(CHAT);
    expect(() => {
      for (let n = 0; n < 20; n++) bench.message(session, n % 2 === 0 ? 'legacy' : 'redis', `m${n % 7}`);
      session.arrived(undefined as unknown as UserEvent);
      bench.clock.advance(60_000);
      session.end();
    }).not.toThrow();
  });

  it.each([[{ maxQueued: 0 }], [{ confirmMs: -1 }], [{ rememberMs: Number.NaN }], [{ samplesPerKind: 1.5 }]])(
    'is not made with %p',
    (settings) => {
      expect(() => new ComparerBench({ settings })).toThrow(CrossfadeError);
    },
  );
});

describe('given a process that stood still', () => {
  it('lets what waited in the sockets be heard first, and excuses what is lost all the same', () => {
    const bench = new ComparerBench();
    const session = bench.session(CHAT);
    bench.message(session, 'legacy', 'a');
    bench.message(session, 'legacy', 'b');
    bench.clock.advance(1_000);
    bench.clock.freeze(30_000);
    bench.message(session, 'redis', 'a');
    bench.clock.advance(20_000);
    expect(bench.counts()).toEqual({
      'compared matched chat.message': 1,
      'excused overload chat.message': 1,
    });
  });
});

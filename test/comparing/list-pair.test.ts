import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TopicSession } from '../../src/comparing/topic-session.js';
import { ComparerBench } from './comparer-bench.js';

let bench: ComparerBench;
let session: TopicSession;
const item = (id: string, change: object = {}): object => ({ doc_id: id, status: 'done', ...change });
const both = (items: readonly object[]): void => {
  bench.list(session, 'legacy', items);
  bench.clock.advance(50);
  bench.list(session, 'redis', [...items].reverse());
  bench.clock.advance(3_000);
};
const counted = (): Record<string, number> => bench.counts();

beforeEach(() => {
  bench = new ComparerBench();
  session = bench.session();
});

describe('given a list that both sources say', () => {
  it('matches once for each state that settles, whatever was skipped in between', () => {
    both([item('a')]);
    for (const n of [1, 2, 3, 4]) {
      bench.list(session, 'legacy', [item('a'), item('b', { n })]);
      bench.clock.advance(100);
    }
    bench.list(session, 'redis', [item('a'), item('b', { n: 4 })]);
    bench.clock.advance(10_000);
    expect(counted()).toEqual({ 'compared matched notif.sync': 2 });
    expect(bench.recorder.lags).toEqual([50, 100]);
  });

  it('says nothing of a difference that comes right within the window', () => {
    both([]);
    bench.list(session, 'legacy', [item('a')]);
    bench.clock.advance(4_900);
    bench.list(session, 'redis', [item('a')]);
    bench.clock.advance(10_000);
    expect(counted()).toEqual({ 'compared matched notif.sync': 2 });
  });

  it('counts a fault once, not at every repetition, and again when it changes', () => {
    both([]);
    bench.list(session, 'legacy', [item('a'), item('b')]);
    bench.list(session, 'redis', [item('a', { status: 'open' })]);
    for (let n = 0; n < 5; n++) {
      bench.clock.advance(7_000);
      bench.list(session, 'legacy', [item('a'), item('b')]);
      bench.list(session, 'redis', [item('a', { status: 'open' })]);
    }
    const once = {
      'compared matched notif.sync': 1,
      'compared different notif.sync': 1,
      'compared missing_in_redis notif.sync': 1,
    };
    expect(counted()).toEqual(once);
    bench.list(session, 'redis', [item('a', { status: 'closed' })]);
    bench.clock.advance(10_000);
    expect(counted()).toEqual({ ...once, 'compared different notif.sync': 2 });
    bench.list(session, 'redis', [item('a'), item('b')]);
    bench.clock.advance(10_000);
    expect(counted()).toEqual({
      ...once,
      'compared different notif.sync': 2,
      'compared matched notif.sync': 2,
    });
  });

  it('lets an older list that arrives last be, by its own clock', () => {
    both([item('a')]);
    bench.clock.advance(500);
    const now = bench.clock.nowMs();
    const stamped = (items: object[], ms: number): object => ({
      notifications: items,
      timestamp: new Date(ms).toISOString().replace('Z', '+00:00'),
    });
    bench.say(session, 'legacy', 'notif.sync', stamped([item('b')], now));
    bench.say(session, 'redis', 'notif.sync', stamped([item('b')], now));
    bench.say(session, 'redis', 'notif.sync', stamped([item('a')], now - 2_000));
    bench.clock.advance(10_000);
    expect(counted()).toEqual({ 'compared matched notif.sync': 2 });
  });

  it.each([-3_600_000, 3_600_000])('goes on when a publisher’s clock jumps by %p ms', (jumpMs) => {
    both([item('a')]);
    bench.clock.jumpWall(jumpMs);
    both([item('a'), item('b')]);
    both([item('b')]);
    bench.clock.advance(20_000);
    expect(counted()).toEqual({ 'compared matched notif.sync': 3 });
  });

  it('holds 500 items against each other, and finds the one that differs', () => {
    const items = Array.from({ length: 500 }, (_, n) => item(`d${n}`));
    both(items);
    bench.list(session, 'legacy', items);
    bench.list(
      session,
      'redis',
      items.map((each, n) => (n === 321 ? item('d321', { status: 'wrong' }) : each)),
    );
    bench.clock.advance(10_000);
    expect(counted()).toEqual({
      'compared matched notif.sync': 1,
      'compared different notif.sync': 1,
    });
    expect(bench.comparer.samples()[0]?.fields).toEqual(['status']);
  });
});

describe('given messages, which legacy repeats while there are any and never says to be none', () => {
  const legacyFor = (ms: number, items: readonly object[]): void => {
    for (let past = 0; past < ms; past += 5_000) {
      bench.list(session, 'legacy', items, 'msg.sync');
      bench.clock.advance(5_000);
    }
  };

  it('takes its silence for an empty list', () => {
    bench.list(session, 'redis', [], 'msg.sync');
    bench.clock.advance(20_000);
    bench.list(session, 'redis', [item('m')], 'msg.sync');
    bench.clock.advance(4_000);
    legacyFor(20_000, [item('m')]);
    bench.list(session, 'redis', [], 'msg.sync');
    bench.clock.advance(30_000);
    expect(Object.keys(counted())).toEqual(['compared matched msg.sync']);
  });

  it('finds what Redis lost while legacy goes on saying it', () => {
    bench.list(session, 'redis', [item('m')], 'msg.sync');
    legacyFor(10_000, [item('m')]);
    bench.list(session, 'redis', [], 'msg.sync');
    legacyFor(30_000, [item('m')]);
    expect(bench.recorder.of('compared missing_in_redis msg.sync')).toBe(1);
  });

  it('finds what legacy never says', () => {
    bench.list(session, 'redis', [item('m')], 'msg.sync');
    bench.clock.advance(30_000);
    expect(bench.recorder.of('compared missing_in_legacy msg.sync')).toBe(1);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TopicSession } from '../../src/comparing/topic-session.js';
import { CHAT, ComparerBench } from './comparer-bench.js';

let bench: ComparerBench;
let session: TopicSession;
const counted = (): Record<string, number> => bench.counts();

beforeEach(() => {
  bench = new ComparerBench();
  session = bench.session(CHAT);
});

describe('given events that are compared one to one', () => {
  it('measures the lag to the millisecond, in both directions', () => {
    bench.message(session, 'legacy', 'a');
    bench.clock.advance(137);
    bench.message(session, 'redis', 'a');
    bench.message(session, 'redis', 'b');
    bench.clock.advance(2_041);
    bench.message(session, 'legacy', 'b');
    bench.clock.advance(10_000);
    expect(bench.recorder.lags).toEqual([137, -2041]);
    expect(counted()).toEqual({ 'compared matched chat.message': 2 });
  });

  it('awaits a partner for the window and no longer, and counts who comes later apart', () => {
    bench.message(session, 'legacy', 'in time');
    bench.clock.advance(4_999);
    bench.message(session, 'redis', 'in time');
    bench.message(session, 'legacy', 'late');
    bench.clock.advance(5_200);
    expect(counted()).toEqual({
      'compared matched chat.message': 1,
      'compared missing_in_redis chat.message': 1,
    });
    bench.message(session, 'redis', 'late');
    bench.clock.advance(20_000);
    expect(counted()).toEqual({
      'compared matched chat.message': 1,
      'compared missing_in_redis chat.message': 1,
      'late chat.message': 1,
    });
  });

  it('counts a late one once, and its copy as a duplicate', () => {
    bench.message(session, 'redis', 'a');
    bench.clock.advance(6_000);
    bench.message(session, 'legacy', 'a');
    bench.message(session, 'redis', 'a');
    bench.clock.advance(1_000);
    expect(counted()).toEqual({
      'compared missing_in_legacy chat.message': 1,
      'late chat.message': 1,
      'compared duplicate chat.message': 1,
    });
  });

  it.each<[string, string[], string[], number]>([
    ['two that changed places', ['a', 'b', 'c'], ['b', 'a', 'c'], 1],
    ['one that fell behind', ['a', 'b', 'c', 'd'], ['b', 'c', 'd', 'a'], 1],
    ['one that ran ahead', ['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'], 1],
    ['the same order', ['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd'], 0],
  ])('blames %s once', (_name, legacy, redis, moved) => {
    for (const first of ['legacy', 'redis'] as const) {
      const fresh = new ComparerBench();
      const topic = fresh.session(CHAT);
      const second = first === 'legacy' ? 'redis' : 'legacy';
      for (const id of legacy) fresh.message(topic, first, id);
      for (const id of redis) fresh.message(topic, second, id);
      fresh.clock.advance(10_000);
      expect(fresh.recorder.of('compared reordered chat.message')).toBe(moved);
      expect(fresh.recorder.of('compared matched chat.message')).toBe(legacy.length - moved);
    }
  });

  it('names the fields that differ, and forgives the mark that publishing leaves', () => {
    bench.message(session, 'legacy', 'a', { content: 'x', meta: { tone: 'kind', extra: null } });
    bench.message(session, 'redis', 'a', { content: 'x', meta: { tone: 'rude' }, read: true });
    bench.message(session, 'legacy', 'b');
    bench.message(session, 'redis', 'b', { read: true });
    bench.clock.advance(10_000);
    expect(counted()).toEqual({
      'compared different chat.message': 1,
      'compared matched chat.message': 1,
    });
    expect(bench.comparer.samples()[0]).toMatchObject({ outcome: 'different', fields: ['meta.tone'] });
  });

  it('does not compare what legacy never shows, its copies included', () => {
    bench.message(session, 'redis', 'seen', { read: true });
    bench.message(session, 'redis', 'seen', { read: true });
    bench.message(session, 'redis', 'system', { message_type: 'INTERNAL' });
    bench.message(session, 'redis', 'unmarked', { read: undefined });
    bench.clock.advance(10_000);
    expect(counted()).toEqual({ 'notCompared never_shown_by_legacy chat.message': 4 });
  });

  it('takes a message that holds several for as many', () => {
    const several = (ids: string[]): object => ({
      space_code: 'sp1',
      thread_key: 'th1',
      raw_messages: ids.map((id) => ({ id, message_type: 'CARD', read: false })),
    });
    bench.say(session, 'legacy', 'chat.message', several(['a', 'b', 'c']));
    bench.say(session, 'redis', 'chat.message', several(['a', 'b']));
    bench.clock.advance(10_000);
    expect(counted()).toEqual({
      'compared matched chat.message': 2,
      'compared missing_in_redis chat.message': 1,
    });
  });

  it('keeps threads apart, also where they interleave in one topic', () => {
    const inThread = (thread: string, id: string): object => ({
      space_code: 'sp1',
      thread_key: thread,
      raw_messages: [{ id, message_type: 'CARD', read: false }],
    });
    const order: [string, string][] = [
      ['t1', 'a'],
      ['t2', 'a'],
      ['t1', 'b'],
      ['t2', 'b'],
    ];
    for (const [thread, id] of order) bench.say(session, 'legacy', 'chat.message', inThread(thread, id));
    const redis = [order[1], order[3], order[0], order[2]];
    for (const [thread, id] of redis as typeof order)
      bench.say(session, 'redis', 'chat.message', inThread(thread, id));
    bench.clock.advance(10_000);
    expect(counted()).toEqual({ 'compared matched chat.message': 4 });
  });
});

describe('given events that have no id', () => {
  beforeEach(() => {
    bench = new ComparerBench({ settings: { rules: [{ type: 'workflow.*', compare: 'event' }] } });
    session = bench.session();
  });
  const step = (source: 'legacy' | 'redis', count: number): void => {
    bench.say(session, source, 'workflow.step_update', { step_changes: { s: { a: count } } });
  };

  it('pairs equal ones one to one, however they interleave', () => {
    for (const source of [
      'legacy',
      'redis',
      'redis',
      'legacy',
      'legacy',
      'legacy',
      'redis',
      'redis',
    ] as const)
      step(source, 1);
    bench.clock.advance(10_000);
    expect(counted()).toEqual({ 'compared matched workflow.step_update': 4 });
  });

  it('calls one more on Redis a duplicate, one more in legacy a loss', () => {
    step('legacy', 1);
    step('redis', 1);
    step('redis', 1);
    step('legacy', 2);
    step('legacy', 2);
    step('redis', 2);
    bench.clock.advance(10_000);
    expect(counted()).toEqual({
      'compared matched workflow.step_update': 2,
      'compared duplicate workflow.step_update': 1,
      'compared missing_in_redis workflow.step_update': 1,
    });
  });

  it('does not mistake the next equal one for a late one', () => {
    step('legacy', 1);
    bench.clock.advance(10_000);
    step('redis', 1);
    step('legacy', 1);
    bench.clock.advance(10_000);
    expect(counted()).toEqual({
      'compared missing_in_redis workflow.step_update': 1,
      'compared matched workflow.step_update': 1,
    });
    step('legacy', 3);
    bench.clock.advance(6_000);
    step('redis', 3);
    bench.clock.advance(6_000);
    expect(bench.recorder.of('late workflow.step_update')).toBe(1);
  });
});

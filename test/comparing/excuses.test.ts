import { describe, expect, it } from '@jest/globals';
import type { ComparingSettings } from '../../src/comparing/comparing-settings.js';
import { CHAT, ComparerBench } from './comparer-bench.js';

const item = (id: string): object => ({ doc_id: id });
const benchOf = (settings: ComparingSettings = {}): ComparerBench => new ComparerBench({ settings });

describe('given a user whose Redis side has only just begun', () => {
  it('excuses what legacy says before the acknowledgement as warm-up', () => {
    const bench = benchOf();
    const session = bench.comparer.begin(CHAT);
    session.attached('legacy');
    bench.clock.advance(10_000);
    bench.message(session, 'legacy', 'before');
    bench.clock.advance(2_000);
    session.attached('redis');
    bench.message(session, 'legacy', 'meanwhile');
    bench.clock.advance(6_000);
    bench.message(session, 'legacy', 'after');
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({
      'excused warm_up chat.message': 2,
      'compared missing_in_redis chat.message': 1,
    });
  });

  it('excuses lists until Redis has said its first one, and compares from then on', () => {
    const bench = benchOf();
    const session = bench.session();
    bench.list(session, 'legacy', [item('a')]);
    bench.clock.advance(10_000);
    bench.list(session, 'legacy', [item('a'), item('b')]);
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({ 'excused warm_up notif.sync': 2 });
    bench.list(session, 'redis', [item('a')]);
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({
      'excused warm_up notif.sync': 2,
      'compared missing_in_redis notif.sync': 1,
    });
  });

  it('says nothing of a first list that comes in time', () => {
    const bench = benchOf();
    const session = bench.comparer.begin({ uid: 'u1' });
    session.attached('legacy');
    session.attached('redis');
    bench.list(session, 'legacy', [item('a')]);
    bench.clock.advance(80);
    bench.list(session, 'redis', [item('a')]);
    bench.clock.advance(10_000);
    expect(bench.recorder.of('compared matched notif.sync')).toBe(1);
    expect(Object.keys(bench.counts()).filter((key) => key.startsWith('excused'))).toEqual([]);
  });
});

describe('given only one source for a user on this replica', () => {
  it('excuses what Redis says while legacy speaks elsewhere', () => {
    const bench = benchOf();
    const session = bench.comparer.begin(CHAT);
    session.attached('redis');
    bench.clock.advance(10_000);
    bench.message(session, 'redis', 'a');
    bench.clock.advance(10_000);
    session.attached('legacy');
    bench.clock.advance(10_000);
    session.detached('legacy', { cause: 'legacy_detached', sinceMs: bench.clock.elapsedMs() });
    bench.clock.advance(1_000);
    bench.message(session, 'redis', 'b');
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({ 'excused one_sided chat.message': 2 });
  });

  it('excuses lists likewise, until legacy says its list again', () => {
    const bench = benchOf();
    const session = bench.session();
    bench.list(session, 'legacy', [item('a')]);
    bench.list(session, 'redis', [item('a')]);
    bench.clock.advance(5_000);
    session.detached('legacy', { cause: 'legacy_detached', sinceMs: bench.clock.elapsedMs() });
    bench.list(session, 'redis', [item('b')]);
    bench.clock.advance(10_000);
    session.attached('legacy');
    bench.list(session, 'legacy', [item('b')]);
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({
      'compared matched notif.sync': 2,
      'excused one_sided notif.sync': 1,
    });
  });
});

describe('given a gap', () => {
  it.each([
    ['redis', 'link', 'redis_gap'],
    ['legacy', 'frozen', 'legacy_gap'],
  ] as const)('of %s, excuses what it may have swallowed, and only that', (source, cause, reason) => {
    const bench = benchOf();
    const session = bench.session(CHAT);
    const other = source === 'redis' ? 'legacy' : 'redis';
    bench.message(session, other, 'well before');
    bench.clock.advance(8_000);
    bench.message(session, other, 'in the dark, before it was noticed');
    bench.clock.advance(1_000);
    session.detached(source, { cause, sinceMs: bench.clock.elapsedMs() - 2_000 });
    bench.clock.advance(8_000);
    bench.message(session, other, 'while it was away');
    session.attached(source);
    bench.clock.advance(8_000);
    bench.message(session, other, 'well after');
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({
      [`compared missing_in_${source} chat.message`]: 2,
      [`excused ${reason} chat.message`]: 2,
    });
  });

  it('holds a loss back until a dead link would have been noticed, and never blames it on Redis then', () => {
    const bench = benchOf({ confirmMs: 10_000 });
    const session = bench.session(CHAT);
    const user = bench.session();
    bench.list(user, 'legacy', [item('a')]);
    bench.list(user, 'redis', [item('a')]);
    bench.clock.advance(5_000);
    const diedMs = bench.clock.elapsedMs();
    bench.message(session, 'legacy', 'a');
    bench.list(user, 'legacy', [item('b')]);
    bench.clock.advance(12_000);
    for (const each of [session, user]) each.detached('redis', { cause: 'link', sinceMs: diedMs - 1_000 });
    bench.clock.advance(30_000);
    expect(bench.recorder.of('excused redis_gap chat.message')).toBe(1);
    expect(bench.recorder.of('excused redis_gap notif.sync')).toBeGreaterThan(0);
    expect(Object.keys(bench.counts()).filter((key) => key.includes('missing'))).toEqual([]);
    bench.message(session, 'redis', 'b');
    bench.clock.advance(5_100);
    expect(bench.recorder.of('compared missing_in_legacy chat.message')).toBe(0);
    bench.clock.advance(10_000);
    expect(bench.recorder.of('compared missing_in_legacy chat.message')).toBe(1);
  });

  it('leaves the Redis list unknown until the next one comes', () => {
    const bench = benchOf();
    const session = bench.session();
    bench.list(session, 'legacy', [item('a')]);
    bench.list(session, 'redis', [item('a')]);
    bench.clock.advance(5_000);
    session.detached('redis', { cause: 'link', sinceMs: bench.clock.elapsedMs() });
    session.attached('redis');
    bench.list(session, 'legacy', [item('b')]);
    bench.clock.advance(60_000);
    expect(bench.recorder.of('excused redis_gap notif.sync')).toBe(1);
    bench.list(session, 'redis', [item('c')]);
    bench.clock.advance(10_000);
    expect(bench.recorder.of('compared missing_in_redis notif.sync')).toBe(1);
    expect(bench.recorder.of('compared missing_in_legacy notif.sync')).toBe(1);
  });
});

describe('given a handover', () => {
  it('excuses what is lost in it, and what is still wrong afterwards is counted', () => {
    const bench = benchOf();
    const chat = bench.session(CHAT);
    const user = bench.session();
    bench.list(user, 'legacy', [item('a')]);
    bench.list(user, 'redis', [item('a')]);
    bench.clock.advance(5_000);
    for (const session of [chat, user]) session.handover(true);
    bench.message(chat, 'legacy', 'a');
    bench.list(user, 'legacy', [item('a'), item('b')]);
    bench.clock.advance(6_000);
    for (const session of [chat, user]) session.handover(false);
    bench.clock.advance(30_000);
    expect(bench.counts()).toMatchObject({
      'excused handover chat.message': 1,
      'excused handover notif.sync': 1,
      'compared missing_in_redis notif.sync': 1,
      'compared matched notif.sync': 1,
    });
    expect(bench.recorder.of('compared missing_in_redis chat.message')).toBe(0);
  });

  it('excuses once what is wrong in it for long, and waits on no timer meanwhile', () => {
    const bench = benchOf();
    const session = bench.session();
    bench.list(session, 'legacy', [item('a')]);
    bench.list(session, 'redis', [item('a')]);
    bench.clock.advance(5_000);
    session.handover(true);
    bench.list(session, 'legacy', [item('a'), item('b')]);
    bench.clock.advance(60_000);
    expect(bench.clock.pending).toBe(0);
    bench.clock.advance(60_000);
    expect(bench.recorder.of('excused handover notif.sync')).toBe(1);
    session.handover(false);
    bench.clock.advance(30_000);
    expect(bench.recorder.of('compared missing_in_redis notif.sync')).toBe(1);
  });
});

describe('given a user who leaves at the moment at which a gap is noticed', () => {
  it('excuses by it what was held back of that user', () => {
    const bench = new ComparerBench({ settings: { confirmMs: 10_000 } });
    const session = bench.session(CHAT);
    bench.message(session, 'legacy', 'a');
    bench.clock.advance(6_000);
    session.detached('redis', { cause: 'link', sinceMs: bench.clock.elapsedMs() - 7_000 });
    session.end();
    bench.clock.advance(60_000);
    expect(bench.counts()).toEqual({ 'excused redis_gap chat.message': 1 });
  });
});

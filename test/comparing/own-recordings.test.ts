import { describe, expect, it } from '@jest/globals';
import { Recording } from './recording.js';

const items = (...ids: string[]): object[] => ids.map((id) => ({ doc_id: id, status: 'done' }));

describe('given a recording of what the labelled ones leave out', () => {
  it('measures known lags to the millisecond, in both directions', () => {
    const recording = new Recording();
    const lags = [0.001, 0.25, 1.999, -0.001, -0.75, -3.5, 0];
    lags.forEach((lag, n) => {
      recording.message('legacy', 100 + 10 * n, 'u1', 'th1', { id: `m${n}` });
      recording.message('redis', 100 + 10 * n + lag, 'u1', 'th1', { id: `m${n}` });
    });
    recording.list('redis', 290, 'u2', []).list('legacy', 290, 'u2', []);
    recording.list('legacy', 300, 'u2', items('a')).list('redis', 304.123, 'u2', items('a'));
    expect(recording.compare().lagSeconds).toEqual({ count: 9, p50: 0, p99: 4.123, min: -3.5, max: 4.123 });
  });

  it('calls an arrival after its verdict late, beside the loss that was counted', () => {
    const report = new Recording()
      .message('legacy', 10, 'u1', 'th1', { id: 'a' })
      .message('redis', 18, 'u1', 'th1', { id: 'a' })
      .message('legacy', 20, 'u1', 'th1', { id: 'b' })
      .message('redis', 20.1, 'u1', 'th1', { id: 'b' })
      .compare();
    expect(report).toMatchObject({
      matched: 1,
      late: 1,
      mismatches: [{ class: 'missing_in_redis', uid: 'u1', type: 'chat.message', t: 10 }],
    });
  });

  it('finds the message that changed places', () => {
    const recording = new Recording();
    ['a', 'b', 'c', 'd'].forEach((id, n) => recording.message('legacy', 10 + n / 10, 'u1', 'th1', { id }));
    ['a', 'c', 'b', 'd'].forEach((id, n) => recording.message('redis', 11 + n / 10, 'u1', 'th1', { id }));
    const report = recording.compare();
    expect(report.mismatches).toEqual([
      { class: 'reordered', uid: 'u1', type: 'chat.message', fields: [], t: 11.2 },
    ]);
    expect(report.matched).toBe(3);
  });

  it('excuses lists before the first one of Redis as warm-up', () => {
    const report = new Recording()
      .list('legacy', 0, 'u1', items('a'))
      .list('legacy', 10, 'u1', items('a', 'b'))
      .list('redis', 20, 'u1', items('a', 'b', 'c'))
      .list('legacy', 20, 'u1', items('a', 'b', 'c'))
      .compare();
    expect(report).toMatchObject({ mismatches: [], matched: 1, excused: { warm_up: 2 } });
  });

  it('forgives a company filter on one side only where a normaliser says so', () => {
    const recording = new Recording()
      .list('legacy', 0, 'u1', [{ doc_id: 'a', collection_id: 'c1' }])
      .list('redis', 0.1, 'u1', [
        { doc_id: 'a', collection_id: 'c1' },
        { doc_id: 'b', collection_id: 'c2' },
      ]);
    expect(recording.compare().mismatches).toMatchObject([{ class: 'missing_in_legacy', key: 'b' }]);
    const ofCompany = (payload: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
      ...payload,
      notifications: (payload['notifications'] as { collection_id: string }[]).filter(
        (item) => item.collection_id === 'c1',
      ),
    });
    const settings = { rules: [{ type: 'notif.sync', normalise: ofCompany }] };
    expect(recording.compare(settings)).toMatchObject({ matched: 1, mismatches: [] });
  });

  it('keeps two threads of one user apart, also with equal ids', () => {
    const recording = new Recording();
    for (let n = 0; n < 10; n++) {
      for (const thread of ['th1', 'th2']) {
        const late = thread === 'th1' ? 2 : 0;
        recording.message('legacy', 10 + n, 'u1', thread, { id: `m${n}`, content: thread });
        if (!(thread === 'th2' && n === 5))
          recording.message('redis', 10.1 + n + late, 'u1', thread, { id: `m${n}`, content: thread });
      }
    }
    const report = recording.compare();
    expect(report).toMatchObject({ matched: 19, mismatches: [{ class: 'missing_in_redis', t: 15 }] });
  });

  it('compares lists of 500 items', () => {
    const ids = Array.from({ length: 500 }, (_, n) => `d${n}`);
    const report = new Recording()
      .list('legacy', 0, 'u1', items(...ids))
      .list('redis', 0.1, 'u1', items(...[...ids].reverse()))
      .list('legacy', 10, 'u1', items(...ids, 'new'))
      .list('redis', 10.1, 'u1', items(...ids.slice(1), 'new', 'odd'))
      .compare();
    expect(report.matched).toBe(1);
    expect(report.mismatches).toMatchObject([
      { class: 'missing_in_redis', key: 'd0', t: 10.1 },
      { class: 'missing_in_legacy', key: 'odd', t: 10.1 },
    ]);
  });

  it('finds one loss among 10,000 users who all speak at once', () => {
    const recording = new Recording();
    for (let n = 0; n < 10_000; n++) {
      recording.message('legacy', 10, `u${n}`, 'th1', { id: 'a' });
      if (n !== 4_321) recording.message('redis', 10.05, `u${n}`, 'th1', { id: 'a' });
    }
    const report = recording.compare();
    expect(report.matched).toBe(9_999);
    expect(report.mismatches).toMatchObject([{ class: 'missing_in_redis', uid: 'u4321' }]);
    expect(report.excused).toEqual({});
  });

  it.each([-7_200, 7_200])('is not misled by a publisher’s clock that jumps by %p seconds', (jump) => {
    const recording = new Recording();
    [1, 2, 3].forEach((n) => {
      const at = 20 * n;
      const ids = Array.from({ length: n }, (_, each) => `d${each}`);
      recording.list('legacy', at, 'u1', items(...ids));
      recording.list('redis', at + 0.1, 'u1', items(...ids), at + (n > 1 ? jump : 0));
    });
    expect(recording.compare()).toMatchObject({ matched: 3, mismatches: [] });
  });

  it('excuses a message at either edge of a gap', () => {
    const recording = new Recording().gap(30, 40);
    for (const t of [10, 28, 35, 42, 60]) recording.message('legacy', t, 'u1', 'th1', { id: `m${t}` });
    const report = recording.compare();
    expect(report.excused).toEqual({ redis_gap: 3 });
    expect(report.mismatches.map(({ t }) => t)).toEqual([10, 60]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { UserSums } from '../../src/comparing/user-sums.js';
import { CHAT, ComparerBench } from './comparer-bench.js';

describe('given the sums in which the unit is the user', () => {
  it('count each user up to and including the first mismatch, and the first ten of each', () => {
    const sums = new UserSums(100);
    for (let n = 0; n < 12; n++) sums.add('clean', false);
    for (let n = 0; n < 12; n++) sums.add('broken', n >= 3);
    for (let n = 0; n < 12; n++) sums.add('late', n === 10);
    for (let n = 0; n < 9; n++) sums.add('few', n === 0);
    expect(sums.read()).toEqual({
      trials: 12 + 4 + 11 + 1,
      firstMismatches: 3,
      qualifiedUsers: 3,
      mismatchedUsers: 1,
      distinctUsers: 4,
      earlyTrials: 10 + 4 + 10 + 1,
      earlyMismatches: 2,
      usersLeftOut: 0,
    });
    expect(sums.worst(2)).toEqual([
      { user: 'broken', comparisons: 12, mismatches: 9 },
      { user: 'late', comparisons: 12, mismatches: 1 },
    ]);
  });

  it('begin anew, and leave out whom they have no room for', () => {
    const sums = new UserSums(2);
    for (const user of ['a', 'b', 'c', 'a']) sums.add(user, user === 'c');
    expect(sums.read()).toMatchObject({ trials: 3, firstMismatches: 0, usersLeftOut: 1 });
    sums.beginAnew();
    expect(sums.read()).toMatchObject({ trials: 0, usersLeftOut: 0 });
    sums.add('a', true);
    expect(sums.read()).toMatchObject({ trials: 1, firstMismatches: 1 });
  });

  it('take a list with many faults for one comparison', () => {
    const bench = new ComparerBench();
    const session = bench.session();
    bench.list(session, 'legacy', [{ doc_id: 'a' }, { doc_id: 'b' }, { doc_id: 'c' }]);
    bench.list(session, 'redis', []);
    bench.clock.advance(10_000);
    expect(bench.recorder.of('compared missing_in_redis notif.sync')).toBe(3);
    expect(bench.comparer.sums()).toMatchObject({ trials: 1, firstMismatches: 1 });
    bench.comparer.beginAnew();
    expect(bench.comparer.sums()).toMatchObject({ trials: 0 });
  });
});

describe('given what only legacy lacks', () => {
  it('is counted as its class and in none of the sums, because legacy itself loses events', () => {
    const bench = new ComparerBench();
    const session = bench.session();
    bench.list(session, 'legacy', [{ doc_id: 'a' }]);
    bench.list(session, 'redis', [{ doc_id: 'a' }, { doc_id: 'b' }]);
    bench.clock.advance(10_000);
    expect(bench.recorder.of('compared missing_in_legacy notif.sync')).toBe(1);
    expect(bench.comparer.sums()).toMatchObject({ distinctUsers: 0, trials: 0, firstMismatches: 0 });
  });
});

describe('given samples', () => {
  const different = (bench: ComparerBench, count: number): void => {
    const session = bench.session(CHAT);
    for (let n = 0; n < count; n++) {
      bench.message(session, 'legacy', `m${n}`, { content: 'secret one', level: { a: 1 } });
      bench.clock.advance(10);
      bench.message(session, 'redis', `m${n}`, { content: 'secret two', level: { a: n } });
    }
    bench.clock.advance(10_000);
  };

  it('keep the last ones of each kind, without a uid or a word of what was said', () => {
    const bench = new ComparerBench({ settings: { samplesPerKind: 5 } });
    different(bench, 20);
    const samples = bench.comparer.samples();
    expect(samples).toHaveLength(5);
    expect(samples[0]).toMatchObject({
      outcome: 'different',
      type: 'chat.message',
      fields: ['content', 'level.a'],
      ageMs: 0,
    });
    expect(samples.map(({ atMs }) => atMs)).toEqual(
      [...samples.map(({ atMs }) => atMs)].sort((a, b) => b - a),
    );
    const text = JSON.stringify(samples);
    for (const word of ['u1"', 'secret', 'm19']) expect(text).not.toContain(word);
    expect(bench.comparer.paths(1)).toEqual([{ type: 'chat.message', path: 'content', count: 20 }]);
  });

  it('carry values only where switched on, redacted', () => {
    const bench = new ComparerBench({ settings: { sampleValues: true } });
    different(bench, 3);
    const user = bench.session();
    const info = (b: string): object => ({ doc_id: 'a', status: b, more: { content: 'secret', b } });
    bench.list(user, 'legacy', [info('x')]);
    bench.list(user, 'redis', [info('y')]);
    bench.clock.advance(10_000);
    const [list, chat] = bench.comparer.samples();
    expect(chat?.values).toEqual([
      { path: 'content', legacy: '[redacted]', redis: '[redacted]' },
      { path: 'level.a', legacy: '1', redis: '2' },
    ]);
    expect(list?.values).toEqual([
      { path: 'status', legacy: '"x"', redis: '"y"' },
      {
        path: 'more',
        legacy: '{"content":"[redacted]","b":"x"}',
        redis: '{"content":"[redacted]","b":"y"}',
      },
    ]);
    expect(JSON.stringify(bench.comparer.samples())).not.toContain('secret');
  });

  it('hash a uid alike on every replica with the same salt, and otherwise not', () => {
    const userOf = (salt: string): string | undefined => {
      const bench = new ComparerBench({ settings: { salt } });
      different(bench, 1);
      expect(bench.comparer.worstUsers(5)).toHaveLength(1);
      return bench.comparer.samples()[0]?.user;
    };
    expect(userOf('a')).toBe(userOf('a'));
    expect(userOf('a')).not.toBe(userOf('b'));
  });
});

import { describe, expect, it } from '@jest/globals';
import { CHAT, ComparerBench } from './comparer-bench.js';

/** A rule whose function takes so long for each message. */
function benchWith(takesMs: () => number): ComparerBench {
  const bench: ComparerBench = new ComparerBench({
    settings: {
      rules: [
        {
          type: 'chat.message',
          normalise: (payload) => {
            bench.clock.advance(takesMs());
            return payload;
          },
        },
      ],
    },
  });
  return bench;
}

function say(bench: ComparerBench, count: number): void {
  const session = bench.session(CHAT);
  for (let n = 0; n < count; n++) {
    for (const source of ['legacy', 'redis'] as const) bench.message(session, source, `m${n}`);
    bench.clock.advance(1_000);
  }
  bench.clock.advance(60_000);
}

describe('given a rule whose functions take long', () => {
  it('switches it off after ten calls, says so once, and excuses what it would have compared', () => {
    const bench = benchWith(() => 60);
    say(bench, 30);
    expect(bench.counts()).toMatchObject({
      'failed compare': 1,
      'compared matched chat.message': 5,
    });
    expect(bench.recorder.of('excused overload chat.message')).toBe(50);
    expect(bench.recorder.of('compared missing_in_redis chat.message')).toBe(0);
  });

  it('bears one that is slow now and then', () => {
    let calls = 0;
    const bench = benchWith(() => (calls++ % 20 === 0 ? 60 : 0));
    say(bench, 300);
    expect(bench.counts()).toEqual({ 'compared matched chat.message': 300 });
  });
});

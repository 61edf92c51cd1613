import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { SelfTestTally } from '../../src/contracts/comparison-evidence.js';
import { PromRecorder } from '../../src/metrics/prom-recorder.js';
import { ComparerBench } from '../comparing/comparer-bench.js';
import { ManualClock } from '../manual-clock.js';

const RULES = [
  { type: 'task.*', compare: 'event', sampleOneIn: 10 },
  { type: 'task.progress_update', compare: 'event', sampleOneIn: 1 },
  { type: 'msg.sync', sampleOneIn: 4 },
] as const;

/** A real comparer whose evidence is scraped. */
function setUp(selfTest?: () => readonly SelfTestTally[]) {
  const bench = new ComparerBench({ settings: { rules: RULES, maxUsers: 3 } });
  const registry = new Registry();
  const recorder = new PromRecorder({ registry, clock: new ManualClock() });
  recorder.watch({
    users: () => ({ legacy: 0, shadow: 0, live: 0, complete: 0 }),
    redisUp: () => undefined,
    redisDoubts: () => undefined,
    flags: () => undefined,
    evidence: bench.comparer,
    ...(selfTest === undefined ? {} : { selfTest }),
  });
  return { bench, registry };
}

/** Everything that a metric says, by its labels. */
async function readingsOf(registry: Registry, name: string): Promise<Record<string, number>> {
  const text = await registry.getSingleMetricAsString(name);
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

async function sumsOf(registry: Registry): Promise<(number | undefined)[]> {
  const names = ['trials', 'first_mismatches', 'qualified_users', 'mismatched_users'];
  return Promise.all(names.map(async (name) => (await readingsOf(registry, `crossfade_${name}_total`))['']));
}

/** Both sides say `count` equal messages of a user, and then legacy one that Redis never says. */
function compare(bench: ComparerBench, uid: string, count: number, mismatches: number): void {
  const session = bench.session({ uid });
  const say = (source: 'legacy' | 'redis', n: number): void => {
    bench.say(session, source, 'task.progress_update', { n }, uid);
  };
  for (let n = 0; n < mismatches; n++) say('legacy', -1 - n);
  bench.clock.advance(20_000);
  for (let n = 0; n < count; n++) for (const source of ['legacy', 'redis'] as const) say(source, n);
  bench.clock.advance(20_000);
  session.end();
}

describe('given a comparer that is scraped', () => {
  it('shows the four sums with the user as the unit, and twice the same when nothing happened', async () => {
    const { bench, registry } = setUp();
    expect(await sumsOf(registry)).toEqual([0, 0, 0, 0]);
    compare(bench, 'clean', 10, 0);
    compare(bench, 'broken', 10, 2);
    compare(bench, 'young', 3, 0);
    for (let scrape = 0; scrape < 2; scrape++) expect(await sumsOf(registry)).toEqual([14, 1, 2, 1]);
    compare(bench, 'beyond', 5, 0);
    expect(await readingsOf(registry, 'crossfade_user_comparisons_left_out_total')).toEqual({ '': 5 });
  });

  it('shows them from 0 again when they begin anew', async () => {
    const { bench, registry } = setUp();
    compare(bench, 'broken', 10, 1);
    await registry.metrics();
    bench.comparer.beginAnew();
    expect(await sumsOf(registry)).toEqual([0, 0, 0, 0]);
    compare(bench, 'broken', 2, 0);
    expect(await sumsOf(registry)).toEqual([2, 0, 0, 0]);
  });

  it('shows of how many users one is compared, and nothing for what is not compared', async () => {
    const { registry } = setUp();
    expect(await readingsOf(registry, 'crossfade_sample_one_in')).toEqual({
      '{type="notif.sync"}': 1,
      '{type="msg.sync"}': 4,
      '{type="chat.message"}': 1,
      '{type="task.progress_update"}': 1,
      '{type="other"}': 10,
    });
  });

  it('shows what the comparer holds', async () => {
    const { bench, registry } = setUp();
    const session = bench.session();
    bench.say(session, 'legacy', 'task.progress_update', { n: 1 });
    bench.clock.advance(1);
    bench.say(session, 'legacy', 'task.progress_update', { n: 2 });
    expect(await readingsOf(registry, 'crossfade_comparer_load')).toEqual({
      '{what="sessions"}': 1,
      '{what="queued"}': 1,
      '{what="pending"}': 1,
      '{what="items"}': 0,
    });
  });

  it('never shows who the users are', async () => {
    const { bench, registry } = setUp();
    compare(bench, 'somebodySpecial', 10, 1);
    expect(await registry.metrics()).not.toContain('somebodySpecial');
  });
});

describe('given a self-test that is scraped', () => {
  it('shows agreement by type, and is absent where it is off', async () => {
    const tallies = [{ type: 'msg.sync', agreed: 7, disagreed: 2, byClass: {} }];
    const [on, off] = [setUp(() => tallies), setUp()];
    expect(await readingsOf(on.registry, 'crossfade_self_test_total')).toMatchObject({
      '{type="msg.sync",outcome="agreed"}': 7,
      '{type="msg.sync",outcome="disagreed"}': 2,
      '{type="other",outcome="disagreed"}': 0,
    });
    expect(await readingsOf(off.registry, 'crossfade_self_test_total')).toEqual({});
  });
});

describe('given no comparer', () => {
  it('shows no evidence, not even a 0', async () => {
    const registry = new Registry();
    new PromRecorder({ registry, clock: new ManualClock() });
    expect(await sumsOf(registry)).toEqual([undefined, undefined, undefined, undefined]);
    expect(await readingsOf(registry, 'crossfade_comparer_load')).toEqual({});
    expect(await readingsOf(registry, 'crossfade_sample_one_in')).toEqual({});
  });
});

import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { FlagState } from '../../src/contracts/cohort-reader.js';
import type { Gap } from '../../src/domain/gap.js';
import { CATALOGUE } from '../../src/metrics/catalogue.js';
import { PromRecorder } from '../../src/metrics/prom-recorder.js';
import { ManualClock } from '../manual-clock.js';

const FLAGS: FlagState = {
  origin: 'file',
  comparePercent: 100,
  servePercent: undefined,
  confirmedAtMs: undefined,
  ageMs: undefined,
  problems: [],
};

function setUp() {
  const registry = new Registry();
  const clock = new ManualClock();
  const lines: string[] = [];
  const recorder = new PromRecorder({ registry, clock, log: (line) => lines.push(line) });
  return { registry, clock, lines, recorder };
}

/** The value of one line of a scrape; undefined where the line is absent. */
async function valueOf(registry: Registry, line: string): Promise<number | undefined> {
  const text = await registry.metrics();
  const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

describe('given a recorder with a registry of its own', () => {
  it('makes every metric of the catalogue, by its name, type and help', async () => {
    const { registry } = setUp();
    const made = await registry.getMetricsAsJSON();
    const wanted = Object.values(CATALOGUE);
    expect(made.map(({ name, type, help }) => ({ name, type: String(type), help }))).toEqual(
      expect.arrayContaining(wanted.map(({ name, type, help }) => ({ name, type, help }))),
    );
    expect(made).toHaveLength(wanted.length);
  });

  it('shows every counter at 0 before anything happened', async () => {
    const { registry } = setUp();
    expect(
      await valueOf(registry, 'crossfade_comparisons_total{class="missing_in_redis",type="notif.sync"}'),
    ).toBe(0);
    expect(await valueOf(registry, 'crossfade_gaps_total{source="redis",cause="link"}')).toBe(0);
  });

  it('counts each thing once over several scrapes', async () => {
    const { registry, recorder } = setUp();
    const line = 'crossfade_events_received_total{source="redis",type="notif.sync"}';
    recorder.received('redis', 'notif.sync');
    recorder.received('redis', 'notif.sync');
    expect(await valueOf(registry, line)).toBe(2);
    expect(await valueOf(registry, line)).toBe(2);
    recorder.received('redis', 'notif.sync');
    expect(await valueOf(registry, line)).toBe(3);
  });

  it('counts each call under its own name', async () => {
    const { registry, recorder } = setUp();
    recorder.delivered('legacy', 'msg.sync', undefined);
    recorder.misrouted('redis');
    recorder.unreadable('legacy');
    recorder.compared('different', 'chat.message');
    recorder.excused('redis_gap', 'msg.sync');
    recorder.notCompared('sampled_out', 'notif.sync');
    recorder.late('notif.sync');
    recorder.gap('redis', 'frozen', 1500, { uid: 'u1' });
    recorder.dropped('legacy_item');
    recorder.failed('resync', new Error('no'));
    for (const [line, value] of [
      ['crossfade_events_delivered_total{source="legacy",type="msg.sync"}', 1],
      ['crossfade_misrouted_total{source="redis"}', 1],
      ['crossfade_unreadable_total{source="legacy"}', 1],
      ['crossfade_comparisons_total{class="different",type="chat.message"}', 1],
      ['crossfade_excused_total{reason="redis_gap",type="msg.sync"}', 1],
      ['crossfade_not_compared_total{reason="sampled_out",type="notif.sync"}', 1],
      ['crossfade_late_total{type="notif.sync"}', 1],
      ['crossfade_gaps_total{source="redis",cause="frozen"}', 1],
      ['crossfade_gap_seconds_total{source="redis",cause="frozen"}', 1.5],
      ['crossfade_dropped_total{what="legacy_item"}', 1],
      ['crossfade_instrument_failures_total{operation="resync"}', 1],
    ] as const)
      expect([line, await valueOf(registry, line)]).toEqual([line, value]);
  });

  it('never makes a label of what a publisher says', async () => {
    const { registry, recorder } = setUp();
    const before = (await registry.metrics()).split('\n').length;
    for (const type of ['notif.brand_new', '__proto__', 'constructor', 'x'.repeat(100_000), '"\n}'])
      recorder.received('redis', type);
    expect((await registry.metrics()).split('\n')).toHaveLength(before);
    expect(await valueOf(registry, 'crossfade_events_received_total{source="redis",type="other"}')).toBe(5);
  });

  it('keeps the sign of a lag and fills its buckets from below', async () => {
    const { registry, recorder } = setUp();
    for (const lagMs of [-7000, -3, 0, 2, 70_000]) recorder.lag('msg.sync', lagMs);
    const bucket = (le: string) =>
      valueOf(registry, `crossfade_lag_seconds_bucket{type="msg.sync",le="${le}"}`);
    expect(await bucket('-5')).toBe(1);
    expect(await bucket('-0.005')).toBe(1);
    expect(await bucket('-0.001')).toBe(2);
    expect(await bucket('0')).toBe(3);
    expect(await bucket('0.005')).toBe(4);
    expect(await bucket('5')).toBe(4);
    expect(await bucket('+Inf')).toBe(5);
    expect(await valueOf(registry, 'crossfade_lag_seconds_count{type="msg.sync"}')).toBe(5);
    expect(await valueOf(registry, 'crossfade_lag_seconds_sum{type="msg.sync"}')).toBeCloseTo(62.999);
  });

  it('says the age of a delivery in seconds, also of one from the future', async () => {
    const { registry, recorder } = setUp();
    recorder.delivered('redis', 'notif.sync', 40);
    recorder.delivered('redis', 'notif.sync', -40);
    expect(await valueOf(registry, 'crossfade_delivery_age_seconds_bucket{source="redis",le="0"}')).toBe(1);
    expect(await valueOf(registry, 'crossfade_delivery_age_seconds_bucket{source="redis",le="0.05"}')).toBe(
      2,
    );
  });

  it('starts anew when the host resets its registry', async () => {
    const { registry, recorder } = setUp();
    recorder.lag('msg.sync', 1);
    recorder.late('msg.sync');
    await registry.metrics();
    registry.resetMetrics();
    recorder.late('msg.sync');
    expect(await valueOf(registry, 'crossfade_late_total{type="msg.sync"}')).toBe(1);
    expect(await valueOf(registry, 'crossfade_lag_seconds_count{type="msg.sync"}')).toBeUndefined();
  });

  it('writes OpenMetrics where the host wants it', async () => {
    const { registry, recorder } = setUp();
    // The typings bind a registry to one content type; the registry itself does not.
    (registry as Registry<never>).setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    recorder.lag('msg.sync', 1);
    recorder.late('msg.sync');
    const text = await registry.metrics();
    expect(text).toContain('crossfade_late_total{type="msg.sync"} 1\n');
    expect(text).toContain('crossfade_lag_seconds_bucket{type="msg.sync",le="0.001"} 1\n');
    expect(text.endsWith('# EOF\n')).toBe(true);
  });
});

describe('given a host that wants to know whose gaps they are', () => {
  it('tells it each gap with its topic and times, and is not hurt when it throws', async () => {
    const registry = new Registry();
    const clock = new ManualClock();
    const told: Gap[] = [];
    const onGap = (gap: Gap) => {
      told.push(gap);
      throw new Error('the host is ill');
    };
    const recorder = new PromRecorder({ registry, clock, onGap });
    recorder.gap('redis', 'link', 1500, { uid: 'u1' });
    const toMs = clock.nowMs();
    expect(told).toEqual([
      { topic: { uid: 'u1' }, source: 'redis', cause: 'link', fromMs: toMs - 1500, toMs },
    ]);
    expect(await valueOf(registry, 'crossfade_gaps_total{source="redis",cause="link"}')).toBe(1);
    expect(await valueOf(registry, 'crossfade_instrument_failures_total{operation="record"}')).toBe(1);
  });
});

describe('given measurements that are none', () => {
  it('counts them as failures of the instrument and never throws', async () => {
    const { registry, recorder } = setUp();
    recorder.lag('msg.sync', NaN);
    recorder.lag('msg.sync', Infinity);
    recorder.gap('redis', 'link', -1, { uid: 'u1' });
    recorder.delivered('elsewhere' as 'redis', 'msg.sync', 1);
    recorder.failed('unheard of' as 'record', undefined);
    expect(await valueOf(registry, 'crossfade_instrument_failures_total{operation="record"}')).toBe(5);
    expect(await valueOf(registry, 'crossfade_gap_seconds_total{source="redis",cause="link"}')).toBe(0);
  });
});

describe('given two recorders', () => {
  it('keeps them apart in two registries', async () => {
    const one = setUp();
    const two = setUp();
    one.recorder.late('msg.sync');
    expect(await valueOf(two.registry, 'crossfade_late_total{type="msg.sync"}')).toBe(0);
  });

  it('refuses to put both into one registry, and says what to do', () => {
    const { registry, clock } = setUp();
    expect(() => new PromRecorder({ registry, clock })).toThrow(/Registry of its own/);
  });
});

describe('given gauges to read', () => {
  it('leaves out what is not known', async () => {
    const { registry, recorder } = setUp();
    expect(await valueOf(registry, 'crossfade_redis_up')).toBeUndefined();
    recorder.watch({
      users: () => ({ legacy: 0, shadow: 0, live: 0, complete: 0 }),
      redisUp: () => undefined,
      redisDoubts: () => undefined,
      flags: () => FLAGS,
    });
    expect(await valueOf(registry, 'crossfade_redis_up')).toBeUndefined();
    expect(await valueOf(registry, 'crossfade_redis_doubts{reason="canary"}')).toBeUndefined();
    expect(await valueOf(registry, 'crossfade_flag_percent{flag="compare"}')).toBe(100);
    expect(await valueOf(registry, 'crossfade_flag_percent{flag="serve"}')).toBeUndefined();
    expect(await valueOf(registry, 'crossfade_flag_state_age_seconds')).toBeUndefined();
    expect(await valueOf(registry, 'crossfade_effective_percent{flag="serve"}')).toBeUndefined();
  });

  it('reads them at each scrape', async () => {
    const { registry, recorder } = setUp();
    let live = 3;
    recorder.watch({
      users: () => ({ legacy: 1, shadow: 2, live, complete: 0 }),
      redisUp: () => false,
      redisDoubts: () => new Set(['readyz'] as const),
      flags: () => ({ ...FLAGS, ageMs: 2_500, problems: ['one', 'two'] }),
    });
    expect(await valueOf(registry, 'crossfade_users{stage="live"}')).toBe(3);
    expect(await valueOf(registry, 'crossfade_effective_percent{flag="compare"}')).toBeCloseTo(83.33);
    expect(await valueOf(registry, 'crossfade_effective_percent{flag="serve"}')).toBe(50);
    live = 4;
    expect(await valueOf(registry, 'crossfade_users{stage="live"}')).toBe(4);
    expect(await valueOf(registry, 'crossfade_redis_up')).toBe(0);
    expect(await valueOf(registry, 'crossfade_redis_doubts{reason="readyz"}')).toBe(1);
    expect(await valueOf(registry, 'crossfade_redis_doubts{reason="canary"}')).toBe(0);
    expect(await valueOf(registry, 'crossfade_flag_state_age_seconds')).toBe(2.5);
    expect(await valueOf(registry, 'crossfade_flag_state_origin{origin="file"}')).toBe(1);
    expect(await valueOf(registry, 'crossfade_flag_state_origin{origin="server"}')).toBe(0);
    expect(await valueOf(registry, 'crossfade_flag_problems')).toBe(2);
  });

  it('scrapes the rest when one of them throws', async () => {
    const { registry, recorder } = setUp();
    recorder.watch({
      users: () => {
        throw new Error('not now');
      },
      redisUp: () => true,
      redisDoubts: () => new Set(),
      flags: () => undefined,
    });
    expect(await valueOf(registry, 'crossfade_redis_up')).toBe(1);
    expect(await valueOf(registry, 'crossfade_users{stage="live"}')).toBeUndefined();
    expect(
      await valueOf(registry, 'crossfade_instrument_failures_total{operation="record"}'),
    ).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DemoReport } from '../../../src/service/demo/demo-report.js';
import { milliseconds, percent, tableHeader, whole } from '../../../src/service/demo/demo-table.js';

/** Metrics by the names of the backend's `/metrics`, written by the client that writes those. */
function backend() {
  const registers = [new Registry()];
  const counter = (name: string, ...labelNames: string[]) =>
    new Counter({ name, help: 'Counts "things", and more {of} them.', labelNames, registers });
  return {
    delivered: counter('crossfade_events_delivered_total', 'source', 'type'),
    compared: counter('crossfade_comparisons_total', 'class', 'type'),
    excused: counter('crossfade_excused_total', 'reason', 'type'),
    users: new Gauge({ name: 'crossfade_users', help: 'x', labelNames: ['stage'], registers }),
    lag: new Histogram({
      name: 'crossfade_lag_seconds',
      help: 'x',
      labelNames: ['type'],
      buckets: [-0.05, -0.01, 0, 0.01, 0.05, 0.1],
      registers,
    }),
    scrape: () => registers[0]?.metrics() ?? Promise.resolve(''),
  };
}

const words = (line = '') => line.trim().split(/\s+/);

describe('given a backend that serves users from both sources', () => {
  it('prints a header and one aligned line, and the rates from the second scrape on', async () => {
    const metrics = backend();
    const report = new DemoReport({ startMs: 1_000, colours: false });
    metrics.users.set({ stage: 'legacy' }, 750);
    metrics.users.set({ stage: 'shadow' }, 200);
    metrics.users.set({ stage: 'live' }, 50);
    metrics.delivered.inc({ source: 'legacy', type: 'notif.sync' }, 100);
    const first = report.lineFor(await metrics.scrape(), 2_000);
    expect(first).toHaveLength(3);
    expect(words(first[2])).toEqual([
      '00:01',
      '750',
      '200',
      '50',
      '0',
      '0.0',
      '0.0',
      '0',
      '·',
      '·',
      '·',
      '·',
      '·',
      '0',
      '–',
      '–',
      '–',
    ]);

    metrics.delivered.inc({ source: 'legacy', type: 'notif.sync' }, 30);
    metrics.delivered.inc({ source: 'legacy', type: 'msg.sync' }, 10);
    metrics.delivered.inc({ source: 'redis', type: 'chat.message' }, 5);
    metrics.compared.inc({ class: 'matched', type: 'notif.sync' }, 1_999);
    metrics.compared.inc({ class: 'missing_in_redis', type: 'chat.message' }, 1);
    metrics.excused.inc({ reason: 'warm_up', type: 'notif.sync' }, 12);
    for (let i = 0; i < 100; i++) metrics.lag.observe({ type: 'notif.sync' }, 0.03);
    const second = report.lineFor(await metrics.scrape(), 4_000);
    expect(second).toHaveLength(1);
    expect(words(second[0])).toEqual(
      // prettier-ignore
      ['00:03', '750', '200', '50', '0', '20.0', '2.5', "1'999", '1', '·', '·', '·', '·', '12', '99.950', '30', '50'],
    );
    expect(second[0]?.length).toBe(first[2]?.length);
    expect(first[1]?.length).toBe(first[2]?.length);
  });

  it('repeats the header every twenty lines', async () => {
    const report = new DemoReport({ startMs: 0, colours: false });
    const text = await backend().scrape();
    const lengths = Array.from({ length: 41 }, (_, second) => report.lineFor(text, second * 1_000).length);
    expect(lengths.map((length, index) => (length > 1 ? index : -1)).filter((index) => index >= 0)).toEqual([
      0, 20, 40,
    ]);
  });

  it('forgets lags after ten scrapes, but not in the total', async () => {
    const metrics = backend();
    const report = new DemoReport({ startMs: 0, colours: false });
    report.lineFor(await metrics.scrape(), 0);
    metrics.lag.observe({ type: 'x' }, 0.03);
    const lag = async (second: number) =>
      words(report.lineFor(await metrics.scrape(), second * 1_000).at(-1)).at(-2);
    for (let second = 1; second <= 10; second++) expect(await lag(second)).toBe('30');
    expect(await lag(11)).toBe('–');
    expect(report.end(await metrics.scrape(), 12_000).reading.lagP50).toBeCloseTo(0.03);
  });

  it('takes a backend that begins anew for what it is', async () => {
    const before = backend();
    before.delivered.inc({ source: 'redis', type: 'x' }, 1_000);
    const after = backend();
    after.delivered.inc({ source: 'redis', type: 'x' }, 7);
    const report = new DemoReport({ startMs: 0, colours: false });
    report.lineFor(await before.scrape(), 0);
    expect(words(report.lineFor(await after.scrape(), 1_000)[0])[6]).toBe('7.0');
  });

  it('colours only where there are colours', async () => {
    const text = await backend().scrape();
    const plain = new DemoReport({ startMs: 0, colours: false }).lineFor(text, 0).join('\n');
    const colourful = new DemoReport({ startMs: 0, colours: true }).lineFor(text, 0).join('\n');
    expect(plain).not.toContain('\u001b');
    expect(colourful).toContain('\u001b');
    // eslint-disable-next-line no-control-regex
    expect(colourful.replace(/\u001b\[\d+m/g, '')).toBe(plain);
    expect(tableHeader(false).join('\n')).toContain('comparisons');
  });

  it('sums up what the backend counted', async () => {
    const metrics = backend();
    metrics.compared.inc({ class: 'matched', type: 'notif.sync' }, 3);
    const report = new DemoReport({ startMs: 1_000, colours: false });
    expect(report.end(await metrics.scrape(), 5_000)).toMatchObject({
      reading: { matched: 3, parity: 1 },
      counted: [{ class: 'matched', type: 'notif.sync', count: 3 }],
      elapsedMs: 4_000,
    });
  });
});

describe('given a number for a person', () => {
  it.each([
    [1, '100'],
    [0.999999999, '99.999'],
    [0.9991, '99.910'],
    [0, '0.000'],
    [undefined, '–'],
  ])('writes a parity of %d as %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it.each([
    [0.0314, '31'],
    [0.0042, '4.2'],
    [-0.0042, '-4.2'],
    [-2.5, '-2500'],
    [undefined, '–'],
  ])('writes a lag of %d s as %s', (seconds, text) => {
    expect(milliseconds(seconds)).toBe(text);
  });

  it('parts the thousands', () => {
    expect([0, 999, 1_000, 1_234_567].map(whole)).toEqual(['0', '999', "1'000", "1'234'567"]);
  });
});

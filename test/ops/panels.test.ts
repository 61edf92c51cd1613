import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../ops/grafana/src/build-dashboard.js';
import { DASHBOARDS } from '../../ops/grafana/src/dashboards.js';
import { FleetStop } from '../../src/tools.js';
import { hastenedRules } from './hastened-rules.js';
import { withVariables } from './promql.js';
import { WatchedFleet } from './watched-fleet.js';

/**
 * Panels of which some query is answered with zeros alone, because nothing here makes it rise. That it can is shown
 * elsewhere: by the tests of what counts it, and by the cases of the alert on it.
 */
const ONLY_ZEROS: Readonly<Record<string, string>> = {
  'Comparisons behind it': 'nobody is beyond the bound on users',
  'Share in which Redis was not later': 'on a machine at rest Redis is always a little later',
  'Self-test disagrees': 'the instrument has no fault',
  'Problems with the flags': 'the flags are well',
  'Doubts about Redis': 'a link that is cut is no doubt',
  'Re-reading after gaps, per minute': 'nobody is in complete, where lists are read again',
  'Presence that was lost or refused, per minute': 'the publisher refuses nobody',
  'Failures of the instrument, per minute': 'the instrument has no fault',
  'Dropped to keep a bound, per minute': 'no bound is reached',
  'Replicas that lack the last word': 'every replica hears the stop',
  'Problems of hearing or keeping a stop': 'Redis, which keeps it, is well',
  'Clients turned away, per minute': 'nobody is turned away from the gateway',
  'Clients who left, per minute': 'the client stays',
  'Resync notices to slow clients, per minute': 'the client is not slow',
  'Events that slow clients missed, per minute': 'the client is not slow',
  'Items that bridges dropped, per minute': 'there is no bridge',
  'Items of the legacy side, per minute': 'the one item came before the first scrape',
  'Passed on to the publisher, per minute': 'nothing is passed on',
};

let fleet: WatchedFleet;

/** A rollout that widens, meets faults of every kind, is rolled back, and at last stopped by a person. */
beforeAll(async () => {
  fleet = await WatchedFleet.start(hastenedRules());
  const { redis, simulator } = fleet;
  const channel = `user:${simulator.uids[0] ?? ''}`;
  await redis.client.publish(channel, '{"type": "notif.sync", "uid": "somebody-else", "payload": {}}');
  await redis.client.publish(channel, 'no envelope');
  await redis.client.client('KILL', 'TYPE', 'pubsub');
  await fleet.until('sum(increase(crossfade_gaps_total{source="redis",cause="link"}[1m]))');
  simulator.setFaults('drop=4%, duplicate=8%, alter=8%, reorder=8%, delay=1500ms@8%');
  for (const outcome of ['missing_in_redis', 'different', 'duplicate', 'reordered'])
    await fleet.until(`sum(increase(crossfade_comparisons_total{class="${outcome}"}[1m]))`);
  await fleet.until('sum(increase(crossfade_control_decisions_total{kind="roll_back"}[1m]))');
  await fleet.until('count(ALERTS{alertname="CrossfadeRolledBack",alertstate="firing"})');
  const stop = FleetStop.open(fleet.settings, []);
  await stop.stop({ by: 'a person', why: 'to see it on the dashboard' });
  await stop.close();
  await fleet.until('min(crossfade_stopped{job="crossfade"})');
}, 240_000);
afterAll(() => fleet.stop());

/** Every number that a query had in the last minutes. */
async function numbersOf(expr: string): Promise<readonly number[]> {
  const nowSeconds = Date.now() / 1000;
  const { result } = await fleet.ask<{ result: { values: [number, string][] }[] }>('query_range', {
    query: withVariables(expr),
    start: String(nowSeconds - 120),
    end: String(nowSeconds),
    step: '2',
  });
  return result.flatMap(({ values }) => values.map(([, value]) => Number(value))).filter(Number.isFinite);
}

describe('given a rollout that went wrong, scraped by a real Prometheus', () => {
  it.each(DASHBOARDS.map((spec) => [spec.title, spec] as const))(
    'answers every query of %s with data',
    async (_, { rows }) => {
      for (const { title, queries } of rows.flatMap((row) => row.panels))
        for (const { expr, legend } of queries) {
          const numbers = await numbersOf(expr);
          expect([title, legend, numbers.length > 0]).toEqual([title, legend, true]);
          if (title in ONLY_ZEROS) continue;
          const moves = [
            title,
            legend,
            'is not 0 throughout (else: say in ONLY_ZEROS why it cannot be here)',
          ];
          expect([...moves, numbers.some((number) => number !== 0)]).toEqual([...moves, true]);
        }
    },
    60_000,
  );

  it('draws decisions and alerts into the panels', async () => {
    for (const { name, expr } of ANNOTATIONS)
      expect([name, (await numbersOf(expr)).some((number) => number > 0)]).toEqual([name, true]);
  });

  it('excuses no panel that is not there', () => {
    const titles = DASHBOARDS.flatMap(({ rows }) =>
      rows.flatMap(({ panels }) => panels.map(({ title }) => title)),
    );
    for (const title of Object.keys(ONLY_ZEROS)) expect(titles).toContain(title);
  });
});

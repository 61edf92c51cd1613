import { describe, expect, it } from '@jest/globals';
import { ANNOTATIONS, buildDashboard } from '../../ops/grafana/src/build-dashboard.js';
import { DASHBOARDS } from '../../ops/grafana/src/dashboards.js';
import { ALL_METRICS, type MetricName } from '../../ops/reference/metric.js';
import { metricOf, problemsOf } from './known-metrics.js';
import { selectorsOf, withVariables } from './promql.js';

/** Metrics that no dashboard shows, and why not. */
const NOT_SHOWN: Readonly<Partial<Record<MetricName, string>>> = {};

const panels = DASHBOARDS.flatMap((dashboard) =>
  dashboard.rows.flatMap((row) => row.panels.map((panel) => ({ ...panel, dashboard: dashboard.title }))),
);
const queries = panels.flatMap((panel) => panel.queries.map(({ expr }) => ({ title: panel.title, expr })));

describe('given the dashboards', () => {
  it('asks only what can be parsed, of metrics, labels and values that there are', () => {
    for (const { title, expr } of [
      ...queries,
      ...ANNOTATIONS.map(({ name, expr }) => ({ title: name, expr })),
    ]) {
      const selectors = selectorsOf(withVariables(expr));
      expect([title, selectors.length > 0]).toEqual([title, true]);
      expect([title, ...selectors.flatMap((one) => problemsOf(one))]).toEqual([title]);
    }
  });

  it('would notice what cannot be', () => {
    expect(() => selectorsOf('sum(rate(x[5m])')).toThrow(/No PromQL/);
    const problems = (expr: string): string[] => selectorsOf(expr).flatMap((one) => problemsOf(one));
    expect(problems('crossfade_user')).toEqual(['There is no crossfade_user.']);
    expect(problems('crossfade_users{stages="live"}')).toEqual(['crossfade_users has no label stages.']);
    expect(problems('crossfade_users{stage=~"live|done"}')).toEqual(['crossfade_users has no stage="done".']);
    expect(problems('crossfade_lag_seconds')).toHaveLength(1);
  });

  it('shows every metric there is (else: add a panel in ops/grafana/src, or a reason to NOT_SHOWN)', () => {
    const shown = new Set(
      queries.flatMap(({ expr }) =>
        selectorsOf(withVariables(expr)).map(({ metric }) => metricOf(metric)?.name),
      ),
    );
    const hidden = ALL_METRICS.map(({ name }) => name).filter((name) => !shown.has(name));
    expect(hidden).toEqual(Object.keys(NOT_SHOWN));
  });

  it('lets a backend be narrowed to job and instance everywhere, and to a type wherever there are types', () => {
    for (const { title, expr } of queries)
      for (const { metric } of selectorsOf(withVariables(expr))) {
        if (metric === 'ALERTS') continue;
        const isController = metric.startsWith('crossfade_control_');
        expect([
          title,
          expr.includes(isController ? 'job=~"$controller"' : 'job=~"$job",instance=~"$instance"'),
        ]).toEqual([title, true]);
      }
    for (const { title, byType, rows } of DASHBOARDS)
      expect([title, JSON.stringify(rows).includes('$type')]).toEqual([title, byType]);
  });

  it('names each panel once on its dashboard, with a unit and what to do', () => {
    for (const { rows, title } of DASHBOARDS) {
      const all = rows.flatMap((row) => row.panels);
      expect(new Set(all.map((panel) => panel.title)).size).toBe(all.length);
      for (const { description, unit, queries: asked } of all) {
        expect([title, description.length > 30, unit !== '', asked.length > 0]).toEqual([
          title,
          true,
          true,
          true,
        ]);
      }
    }
  });

  it('says the colour of a number or a state itself: by default Grafana paints 80 red, and the higher of two states', () => {
    for (const spec of DASHBOARDS)
      for (const panel of buildDashboard(spec).panels ?? []) {
        if (!('fieldConfig' in panel) || !/^(stat|state-timeline)$/.test(panel.type)) continue;
        const { color, thresholds } = panel.fieldConfig.defaults;
        expect([panel.title, color?.mode]).toEqual([
          panel.title,
          thresholds === undefined ? 'fixed' : 'thresholds',
        ]);
      }
  });

  it('places its panels without an overlap, within 24 columns', () => {
    for (const spec of DASHBOARDS) {
      const taken = new Set<string>();
      for (const panel of buildDashboard(spec).panels ?? []) {
        const { x, y, w, h } = panel.gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
        expect(x + w).toBeLessThanOrEqual(24);
        for (let column = x; column < x + w; column++)
          for (let line = y; line < y + h; line++) {
            expect(taken).not.toContain(`${column} ${line}`);
            taken.add(`${column} ${line}`);
          }
      }
    }
  });
});

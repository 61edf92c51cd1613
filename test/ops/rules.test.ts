import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { DASHBOARDS } from '../../ops/grafana/src/dashboards.js';
import { committed } from '../../ops/written-files.js';
import { findAmtool } from '../servers/find-amtool.js';
import { findPromtool } from '../servers/test-prometheus.js';
import { ALERTS, RECORDS } from './alert-rules.js';
import { problemsOf } from './known-metrics.js';
import { selectorsOf } from './promql.js';

const run = promisify(execFile);
const names = ALERTS.map(({ alert }) => alert);

/** What promtool or amtool says, with its exit code. */
async function said(command: string, ...args: string[]): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await run(command, args);
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const {
      code = 1,
      stdout = '',
      stderr = String(error),
    } = error as { code?: number; stdout?: string; stderr?: string };
    return { code, text: stdout + stderr };
  }
}

describe('given the rules of Prometheus', () => {
  it('are taken by promtool, and by the configuration that loads them', async () => {
    const promtool = await findPromtool();
    for (const args of [
      ['check', 'rules', 'ops/prometheus/rules/crossfade.yml'],
      ['check', 'config', 'ops/prometheus/prometheus.yml'],
    ]) {
      const { code, text } = await said(promtool, ...args);
      expect([code, text]).toEqual([
        0,
        expect.stringContaining(`${RECORDS.length + ALERTS.length} rules found`),
      ]);
    }
  });

  it('fire and are silent as their cases say', async () => {
    const { code, text } = await said(
      await findPromtool(),
      'test',
      'rules',
      'ops/prometheus/tests/crossfade.test.yml',
    );
    expect([code, text]).toEqual([0, expect.stringContaining('SUCCESS')]);
  }, 120_000);

  it('have for each alert a case in which it fires and one in which it is silent', () => {
    const { tests } = parse(committed('ops/prometheus/tests/crossfade.test.yml')) as {
      tests: { name: string; promql_expr_test: { exp_samples: { labels: string }[] }[] }[];
    };
    for (const alert of names)
      for (const [how, fires] of [
        ['fires', true],
        ['is silent', false],
      ] as const) {
        const cases = tests.filter(({ name }) => name.startsWith(`${alert} ${how}: `));
        expect([alert, how, cases.length > 0]).toEqual([alert, how, true]);
        const expected = cases.flatMap((one) => one.promql_expr_test).flatMap((one) => one.exp_samples);
        expect([alert, how, expected.some(({ labels }) => labels === `{alertname="${alert}"}`)]).toEqual([
          alert,
          how,
          fires,
        ]);
      }
  });

  it('ask only for metrics, labels and values that there are', () => {
    const recorded = RECORDS.map(({ record }) => record);
    for (const { expr } of [...ALERTS, ...RECORDS])
      expect([expr, ...selectorsOf(expr).flatMap((one) => problemsOf(one, recorded))]).toEqual([expr]);
  });

  it('never take the rate of a sum, nor the rate of a sum by user, which begins anew with each percentage', () => {
    for (const { expr } of [...ALERTS, ...RECORDS]) {
      expect(expr).not.toMatch(/(rate|increase)\(\s*sum/);
      expect(expr).not.toMatch(
        /(rate|increase)\(crossfade_(trials|first_mismatches|compared_users|qualified_users|mismatched_users|early_\w+)_total/,
      );
    }
  });
});

describe('given an alert', () => {
  it.each(ALERTS.map((rule) => [rule.alert, rule] as const))(
    '%s says how bad it is, what it is, and where help is',
    (alert, rule) => {
      expect(alert).toMatch(/^Crossfade[A-Z]\w+$/);
      expect(['critical', 'warning']).toContain(rule.labels['severity']);
      const { summary = '', description = '', runbook_url: runbook, dashboard } = rule.annotations;
      expect(summary.length).toBeGreaterThan(10);
      expect(description).toMatch(/\{\{ \$|No scrape job|No controller/);
      expect(runbook).toBe(
        `https://unpkg.com/nestjs-crossfade/docs/runbook-alerts.md#${alert.toLowerCase()}`,
      );
      expect(DASHBOARDS.map(({ uid }) => `/d/${uid}`)).toContain(dashboard);
    },
  );

  it('has an entry in the runbook, and no entry is without one', () => {
    const entries = committed('docs/runbook-alerts.md').split(/^### /m).slice(1);
    expect(entries.map((entry) => entry.split('\n')[0])).toEqual(names);
    for (const [index, entry] of entries.entries()) {
      expect(entry).toMatch(/\*\*Do:\*\* \S/);
      expect([names[index], entry.includes('\nCritical. ')]).toEqual([
        names[index],
        ALERTS[index]?.labels['severity'] === 'critical',
      ]);
    }
  });
});

describe('given docs/monitoring.md', () => {
  it('says of which alerts no fault is planted in anything that runs', () => {
    const tests = ['watched-demo.test.ts', 'alert-faults.ts', 'gateway-alerts.test.ts'];
    const planted = new Set(
      tests.flatMap((file) => committed(`test/ops/${file}`).match(/(?<=')Crossfade\w+(?=')/g)),
    );
    const [, listed = ''] =
      /Only promtool has seen\s+these:([^#]+)/.exec(committed('docs/monitoring.md')) ?? [];
    expect((listed.match(/Crossfade\w+/g) ?? []).sort()).toEqual(
      names.filter((name) => !planted.has(name)).sort(),
    );
  });
});

describe('given the example for Alertmanager', () => {
  const text = committed('ops/alertmanager/alertmanager.yml');

  it('is taken by amtool', async () => {
    const { code, text: output } = await said(
      await findAmtool(),
      'check-config',
      'ops/alertmanager/alertmanager.yml',
    );
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  }, 120_000);

  it('speaks only of alerts that there are', () => {
    for (const name of text.match(/Crossfade\w+/g) ?? []) expect(names).toContain(name);
  });
});

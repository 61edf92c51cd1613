import { ANNOTATIONS } from '../../ops/grafana/src/build-dashboard.js';
import { DASHBOARDS } from '../../ops/grafana/src/dashboards.js';
import type { AskedPrometheus } from './asked-prometheus.js';
import { withVariables } from './promql.js';

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

/** What one query of one panel came to; `wanted` is what it should have come to. */
export interface PanelAnswer {
  readonly panel: string;
  readonly legend: string | undefined;
  readonly came: 'nothing' | 'only zeros' | 'numbers';
  readonly wanted: 'zeros or numbers' | 'numbers';
}

/** Every query of every panel, asked for the last minutes. @throws Error where one is answered with an error */
export async function panelAnswers(
  prometheus: AskedPrometheus,
  dashboard: (typeof DASHBOARDS)[number],
): Promise<PanelAnswer[]> {
  const answers: PanelAnswer[] = [];
  for (const { title, queries } of dashboard.rows.flatMap((row) => row.panels))
    for (const { expr, legend } of queries) {
      const numbers = await numbersOf(prometheus, expr);
      const moves = numbers.some((number) => number !== 0);
      answers.push({
        panel: title,
        legend,
        came: numbers.length === 0 ? 'nothing' : moves ? 'numbers' : 'only zeros',
        wanted: title in ONLY_ZEROS ? 'zeros or numbers' : 'numbers',
      });
    }
  return answers;
}

/** Those that lack what is wanted (else: say in ONLY_ZEROS why it cannot be here). */
export function lacking(answers: readonly PanelAnswer[]): PanelAnswer[] {
  return answers.filter(
    ({ came, wanted }) => came === 'nothing' || (came === 'only zeros' && wanted === 'numbers'),
  );
}

/** Annotations that draw nothing. */
export async function emptyAnnotations(prometheus: AskedPrometheus): Promise<string[]> {
  const empty: string[] = [];
  for (const { name, expr } of ANNOTATIONS)
    if (!(await numbersOf(prometheus, expr)).some((number) => number > 0)) empty.push(name);
  return empty;
}

/** Panels that are excused and are not there. */
export function excusedForNothing(): string[] {
  const titles = DASHBOARDS.flatMap(({ rows }) =>
    rows.flatMap(({ panels }) => panels.map(({ title }) => title)),
  );
  return Object.keys(ONLY_ZEROS).filter((title) => !titles.includes(title));
}

/** Every number that a query had in the last minutes. */
async function numbersOf(prometheus: AskedPrometheus, expr: string): Promise<readonly number[]> {
  const nowSeconds = Date.now() / 1000;
  const { result } = await prometheus.ask<{ result: { values: [number, string][] }[] }>('query_range', {
    query: withVariables(expr),
    start: String(nowSeconds - 180),
    end: String(nowSeconds),
    step: '2',
  });
  return result.flatMap(({ values }) => values.map(([, value]) => Number(value))).filter(Number.isFinite);
}

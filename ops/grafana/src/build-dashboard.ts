/* eslint-disable @typescript-eslint/no-deprecated -- the classic model is what every Grafana since 9 provisions from files; the second one needs a newer server and a feature toggle */
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { buildPanel } from './build-panel.js';
import type { DashboardSpec } from './panel-spec.js';

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
const ALL = { selected: true, text: 'All', value: '$__all' } as const;

/** What is drawn into every panel: changes of the percentages, and alerts. */
export const ANNOTATIONS = [
  {
    name: 'Decisions',
    colour: 'blue',
    expr: 'sum by (kind) (increase(crossfade_control_decisions_total[1m])) > 0',
    title: 'Decision: {{kind}}',
    text: 'crossfade history says from, to and why',
  },
  {
    name: 'Alerts',
    colour: 'red',
    expr: 'max by (alertname, severity) (ALERTS{alertname=~"Crossfade.+",alertstate="firing"})',
    title: '{{alertname}}',
    text: '{{severity}}',
  },
] as const;

/** Grafana's dashboard of a spec. */
export function buildDashboard(spec: DashboardSpec): Dashboard {
  const dashboard = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags(['crossfade'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .refresh('10s')
    .timezone('browser')
    .link(
      new DashboardLinkBuilder('Crossfade')
        .type(DashboardLinkType.Dashboards)
        .tags(['crossfade'])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true),
    );
  addVariables(dashboard, spec);
  for (const { name, colour, expr, title, text } of ANNOTATIONS)
    dashboard.annotation(
      new AnnotationQueryBuilder()
        .name(name)
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor(colour)
        .expr(expr)
        .step('60s')
        .titleFormat(title)
        .textFormat(text),
    );
  let id = 0;
  for (const { title, panels } of spec.rows) {
    dashboard.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) dashboard.withPanel(buildPanel(panel, ++id));
  }
  return inPlainSight(dashboard.build());
}

/** Where from, which fleet, which replicas, and which event types. */
function addVariables(dashboard: DashboardBuilder, { byType, ofController }: DashboardSpec): void {
  const ask = (name: string, label: string, definition: string): QueryVariableBuilder =>
    new QueryVariableBuilder(name)
      .label(label)
      .datasource(DATASOURCE)
      .query({ query: definition, refId: `Variable-${name}` })
      .definition(definition)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc);
  const many = (variable: QueryVariableBuilder): QueryVariableBuilder =>
    variable.multi(true).includeAll(true).allValue('.*').current(ALL);
  dashboard
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    // One fleet at a time: replicas of two jobs share no percentages.
    .withVariable(ask('job', 'Job', 'label_values(crossfade_users, job)'))
    .withVariable(many(ask('instance', 'Instance', 'label_values(crossfade_users{job=~"$job"}, instance)')));
  if (byType)
    dashboard.withVariable(
      many(ask('type', 'Type', 'label_values(crossfade_comparisons_total{job=~"$job"}, type)')),
    );
  if (ofController === true)
    dashboard.withVariable(
      many(ask('controller', 'Job of the controller', 'label_values(crossfade_control_looks_total, job)')),
    );
}

/** The SDK's builders put links and annotations into a menu, where nobody in a hurry looks. */
function inPlainSight(dashboard: Dashboard): Dashboard {
  for (const each of [...(dashboard.links ?? []), ...(dashboard.annotations.list ?? [])])
    delete each.placement;
  return dashboard;
}

import {
  DashboardLinkBuilder,
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  SortOrder,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  PanelBuilder as HeatmapPanel,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import type { PanelKind, PanelQuery, PanelSpec } from './panel-spec.js';

type AnyPanel = TimeseriesPanel | StatPanel | StateTimelinePanel | HeatmapPanel | TablePanel;

const HEIGHTS: Readonly<Record<PanelKind, number>> = {
  lines: 8,
  stacked: 8,
  number: 4,
  word: 4,
  states: 8,
  heat: 9,
  links: 6,
};

const BUILDERS = {
  lines: () => lines(),
  stacked: () => lines().fillOpacity(40).stacking(new StackingConfigBuilder().mode(StackingMode.Normal)),
  number: () => number(),
  word: () => number().textMode(BigValueTextMode.Name).graphMode(BigValueGraphMode.None),
  states: () => new StateTimelinePanel().mergeValues(true).showValue(VisibilityMode.Never).fillOpacity(70),
  heat: ({ unit }: PanelSpec) => heat(unit),
  links: () => links(),
} satisfies Record<PanelKind, (spec: PanelSpec) => AnyPanel>;

/** Grafana's panel of a spec. `id` is its number on the dashboard, from 1. */
export function buildPanel(spec: PanelSpec, id: number): Builder<Panel> {
  const panel: AnyPanel = BUILDERS[spec.kind](spec);
  panel
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .datasource({ type: 'prometheus', uid: '${datasource}' })
    .unit(spec.unit)
    .height(HEIGHTS[spec.kind])
    .span(spec.width);
  for (const [index, one] of spec.queries.entries()) panel.withTarget(target(one, spec.kind, index));
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  for (const [name, colour] of Object.entries(spec.colours ?? {}))
    panel.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }]);
  if (spec.noValue !== undefined) panel.noValue(spec.noValue);
  if (spec.steps !== undefined) {
    const steps = spec.steps.map(([value, color]) => ({ value, color }));
    panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
  }
  const colour = colourOf(spec);
  if (colour !== undefined) panel.colorScheme(colour);
  return panel;
}

/**
 * Said outright, because Grafana's own choice misleads: a number from 80 on would be red, and the higher of two states
 * too. Lines keep the palette.
 */
function colourOf({ kind, steps }: PanelSpec): FieldColorBuilder | undefined {
  if (steps !== undefined) return new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
  const fixed = {
    number: 'text',
    word: 'text',
    states: 'blue',
    lines: undefined,
    stacked: undefined,
    heat: undefined,
    links: undefined,
  }[kind];
  return fixed === undefined
    ? undefined
    : new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(fixed);
}

function target({ expr, legend }: PanelQuery, kind: PanelKind, index: number): DataqueryBuilder {
  const made = new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .expr(expr)
    .legendFormat(legend);
  if (kind === 'heat') made.format(PromQueryFormat.Heatmap);
  if (kind === 'links') made.format(PromQueryFormat.Table);
  return kind === 'number' || kind === 'word' || kind === 'links' ? made.instant() : made.range();
}

function lines(): TimeseriesPanel {
  return (
    new TimeseriesPanel()
      .lineWidth(1)
      .fillOpacity(5)
      // A value that stands alone between two gaps would be no line, and unseen.
      .showPoints(VisibilityMode.Auto)
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.Table)
          .placement(LegendPlacement.Right)
          .showLegend(true)
          .calcs(['lastNotNull', 'max']),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
  );
}

function number(): StatPanel {
  return new StatPanel()
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .graphMode(BigValueGraphMode.None);
}

function heat(unit: string): HeatmapPanel {
  return new HeatmapPanel()
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(unit))
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Turbo')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64)
        .fill('dark-orange')
        .reverse(false),
    )
    .showLegend();
}

/** A replica's own pages, by the address that Prometheus scrapes it at. */
function links(): TablePanel {
  const to = (title: string, path: string): DashboardLinkBuilder =>
    new DashboardLinkBuilder(title).url(`http://\${__data.fields.instance}${path}`).targetBlank(true);
  return new TablePanel().dataLinks([
    to('Console', '/crossfade'),
    to('Samples and paths (bearer token)', '/crossfade/api/comparison'),
  ]);
}

import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  type DataSourceRef,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PieChartLabels,
  PieChartLegendOptionsBuilder,
  PieChartLegendValues,
  PanelBuilder as PieChartPanelBuilder,
  PieChartType,
} from '@grafana/grafana-foundation-sdk/piechart';
import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeriesPanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { dataSourceUids } from '../grafana.ts';

/** A panel, as the file of each topic returns it. */
export type PanelSource = Builder<Panel>;

export const prometheusSource: DataSourceRef = { type: 'prometheus', uid: dataSourceUids.prometheus };
export const elasticsearchSource: DataSourceRef = { type: 'elasticsearch', uid: dataSourceUids.elasticsearch };

/** Colours of operations and states, the same in all panels. */
export const colors = {
  insert: 'green',
  update: 'blue',
  delete: 'orange',
  good: 'green',
  warning: 'yellow',
  bad: 'red',
  calm: 'text',
} as const;

/** What a panel shows, for its readers. */
export interface PanelText {
  readonly title: string;
  readonly description: string;
}

/** A query over the dashboard's time range. */
export function rangeQuery(expr: string, legend: string): Builder<Dataquery> {
  return promQuery(expr, legend).range();
}

/** A query at the end of the dashboard's time range. */
export function instantQuery(expr: string, legend: string): Builder<Dataquery> {
  return promQuery(expr, legend).instant();
}

function promQuery(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder()
    .datasource(prometheusSource)
    .expr(expr)
    .legendFormat(legend)
    .editorMode(QueryEditorMode.Code)
    .format(PromQueryFormat.TimeSeries);
}

/** Colours by value: the base colour, then steps of the value from which the next colour applies. */
export function thresholds(base: string, ...steps: readonly (readonly [number, string])[]): ThresholdsConfigBuilder {
  const rest: Threshold[] = steps.map(([value, color]) => ({ value, color }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: base }, ...rest]);
}

/** A single figure with its recent history. */
export function statPanel({ title, description }: PanelText): StatPanelBuilder {
  return new StatPanelBuilder()
    .title(title)
    .description(description)
    .datasource(prometheusSource)
    .height(4)
    .span(3)
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(colors.calm));
}

/** Lines over time, with the latest values in the legend. */
export function timeSeriesPanel({ title, description }: PanelText): TimeSeriesPanelBuilder {
  return new TimeSeriesPanelBuilder()
    .title(title)
    .description(description)
    .datasource(prometheusSource)
    .height(8)
    .span(8)
    .min(0)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull']),
    );
}

/** Puts the series of a panel on top of each other. */
export const stacked = new StackingConfigBuilder().mode(StackingMode.Normal).group('A');

/** Shares of a whole, with their values. */
export function piePanel({ title, description }: PanelText): PieChartPanelBuilder {
  return new PieChartPanelBuilder()
    .title(title)
    .description(description)
    .datasource(prometheusSource)
    .height(9)
    .span(6)
    .unit('locale')
    .decimals(0)
    .pieType(PieChartType.Donut)
    .displayLabels([PieChartLabels.Percent])
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single))
    .legend(
      new PieChartLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Right)
        .showLegend(true)
        .values([PieChartLegendValues.Value]),
    );
}

/** States over time. @param names value → its text and colour */
export function stateTimelinePanel(
  { title, description }: PanelText,
  names: Readonly<Record<string, { readonly text: string; readonly color: string }>>,
): StateTimelinePanelBuilder {
  return new StateTimelinePanelBuilder()
    .title(title)
    .description(description)
    .datasource(prometheusSource)
    .height(7)
    .span(12)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .lineWidth(0)
    .fillOpacity(70)
    .mergeValues(true)
    .legend(new VizLegendOptionsBuilder().showLegend(false))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colors.calm))
    .mappings([{ type: MappingType.ValueToText, options: { ...names } }]);
}

/** Gives the overridden series a fixed colour. */
export function fixedColorOverride(color: string): DynamicConfigValue[] {
  return [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } }];
}

import { LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { operationsInTheLastHour, withSchemaAndTable } from '../../queries.ts';
import {
  colors,
  fixedColorOverride,
  instantQuery,
  type PanelSource,
  piePanel,
  rangeQuery,
  stacked,
  timeSeriesPanel,
} from '../common.ts';
import { overviewUid } from '../uids.ts';
import { eventSelector } from '../variables.ts';

const byTable = 'sum by (schema, table)';
const byTableAndOperation = 'sum by (schema, table, operation)';

/** Changes by operation and by table; each number links to its events. */
export function operationPanels(): readonly PanelSource[] {
  return [operationsPie(), tablesPie(), rates()];
}

function operationsPie(): PanelSource {
  return piePanel({
    title: 'Operations in the last hour',
    description: 'Row changes of all tables by operation: whole numbers, counted from the very first event.',
  })
    .withTarget(instantQuery(operationsInTheLastHour, '{{operation}}'))
    .overrideByName('insert', fixedColorOverride(colors.insert))
    .overrideByName('update', fixedColorOverride(colors.update))
    .overrideByName('delete', fixedColorOverride(colors.delete))
    .dataLinks([eventsLink({ operation: 'operation' })]);
}

function tablesPie(): PanelSource {
  const changes = withSchemaAndTable(`increase(cdc_events_total${eventSelector}[1h] anchored)`);
  return piePanel({ title: 'Tables in the last hour', description: 'Row changes of the chosen tables and operations.' })
    .withTarget(instantQuery(`${byTable} (${changes})`, '{{schema}}.{{table}}'))
    .dataLinks([eventsLink({ schema: 'schema', table: 'table' })]);
}

function rates(): PanelSource {
  const changes = withSchemaAndTable(`rate(cdc_events_total${eventSelector}[$__rate_interval])`);
  return timeSeriesPanel({
    title: 'Events per second by table and operation',
    description: 'Row changes written to the event log.',
  })
    .height(9)
    .span(12)
    .stacking(stacked)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Right)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .withTarget(rangeQuery(`${byTableAndOperation} (${changes})`, '{{schema}}.{{table}} {{operation}}'))
    .dataLinks([eventsLink({ schema: 'schema', table: 'table', operation: 'operation' })]);
}

/** A link to the events behind a number. @param labels variable → label of the series; other variables select all */
function eventsLink(labels: Readonly<Record<string, string>>): DashboardLinkBuilder {
  const choice = ['schema', 'table', 'operation'].map((variable) => {
    const label = labels[variable];
    return `var-${variable}=${label === undefined ? '$__all' : `\${__field.labels.${label}}`}`;
  });
  return new DashboardLinkBuilder('Show these events').url(
    `/d/${overviewUid}?\${__url_time_range}&${choice.join('&')}`,
  );
}

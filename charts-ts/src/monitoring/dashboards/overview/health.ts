import { GraphDrawStyle } from '@grafana/grafana-foundation-sdk/common';
import { colors, type PanelSource, rangeQuery, stateTimelinePanel, timeSeriesPanel } from '../common.ts';

/** Events that should not happen, and which parts are up. */
export function healthPanels(): readonly PanelSource[] {
  return [partStates(), ...oddities()];
}

/** Occurrences are drawn as bars; each bar counts those since the previous bar. */
function oddities(): readonly PanelSource[] {
  return [
    occurrences(
      {
        title: 'Duplicates',
        description:
          'Row changes that Kafka delivered again. Their documents exist once; the counter of events holds them twice.',
      },
      'sum(increase(cdc_duplicate_events_total[$__interval] anchored))',
      'duplicates',
    ),
    occurrences(
      {
        title: 'Dead letters by reason',
        description: 'Messages that nobody could decode. They are in the dead-letter topic.',
      },
      'sum by (reason) (increase(cdc_dead_letters_total[$__interval] anchored))',
      '{{reason}}',
    ),
    occurrences(
      { title: 'Schema changes', description: 'DDL statements that passed the consumer.' },
      'sum(increase(cdc_schema_changes_total[$__interval] anchored))',
      'schema changes',
    ),
  ];
}

function occurrences(text: { title: string; description: string }, expr: string, legend: string): PanelSource {
  return timeSeriesPanel(text)
    .height(7)
    .span(4)
    .decimals(0)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(60)
    .withTarget(rangeQuery(expr, legend));
}

function partStates(): PanelSource {
  const text = {
    title: 'State of every part',
    description: 'Whether Prometheus gets an answer from each part. A part with several instances is down when one is.',
  };
  return stateTimelinePanel(text, {
    '0': { text: 'down', color: colors.bad },
    '1': { text: 'up', color: colors.good },
  }).withTarget(rangeQuery('min by (job) (up)', '{{job}}'));
}

import { BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common';
import { eventDelayQuantile, lagByPartition } from '../../queries.ts';
import { colors, instantQuery, type PanelSource, rangeQuery, statPanel, thresholds } from '../common.ts';
import { eventSelector } from '../variables.ts';

/** The row of figures that shows at a glance whether changes flow. */
export function headlinePanels(hasTicdc: boolean): readonly PanelSource[] {
  return [...flowing(), ...behind(hasTicdc), ...broken()];
}

function flowing(): readonly PanelSource[] {
  return [
    statPanel({
      title: 'Events per second',
      description: 'Row changes written to the event log, of the chosen tables.',
    })
      .decimals(1)
      .withTarget(rangeQuery(`sum(rate(cdc_events_total${eventSelector}[$__rate_interval]))`, 'events/s')),
    statPanel({ title: 'Events in the last hour', description: 'Row changes of the chosen tables, counted exactly.' })
      .unit('locale')
      .decimals(0)
      .graphMode(BigValueGraphMode.None)
      .withTarget(instantQuery(`sum(increase(cdc_events_total${eventSelector}[1h] anchored))`, 'events')),
  ];
}

function behind(hasTicdc: boolean): readonly PanelSource[] {
  return [
    statPanel({
      title: 'Delay, p99',
      description: 'Seconds from the commit in the database to the event log that 99 of 100 events stay below.',
    })
      .unit('s')
      .noValue('no events')
      .thresholds(thresholds(colors.good, [5, colors.warning], [30, colors.bad]))
      .withTarget(rangeQuery(eventDelayQuantile(0.99, '$__rate_interval'), 'p99')),
    ...(hasTicdc ? [changefeedLag()] : []),
    statPanel({
      title: 'Consumer lag',
      description: 'Messages in Kafka that are not processed yet, over all partitions.',
    })
      .span(hasTicdc ? 3 : 6)
      .unit('locale')
      .thresholds(thresholds(colors.good, [1_000, colors.warning], [100_000, colors.bad]))
      .withTarget(rangeQuery(`sum(${lagByPartition})`, 'messages')),
  ];
}

function changefeedLag(): PanelSource {
  return statPanel({
    title: 'Changefeed lag',
    description: "How far TiCDC's checkpoint is behind TiDB. Alerts begin at 60 s and at 600 s.",
  })
    .unit('s')
    .noValue('no TiCDC')
    .thresholds(thresholds(colors.good, [60, colors.warning], [600, colors.bad]))
    .withTarget(rangeQuery('max(ticdc_owner_checkpoint_ts_lag)', 'checkpoint'));
}

function broken(): readonly PanelSource[] {
  return [
    statPanel({
      title: 'Dead letters',
      description: 'Messages in the chosen time that nobody could decode. They are in the dead-letter topic.',
    })
      .unit('locale')
      .decimals(0)
      .graphMode(BigValueGraphMode.None)
      .thresholds(thresholds(colors.good, [1, colors.bad]))
      .withTarget(instantQuery('sum(increase(cdc_dead_letters_total[$__range] anchored)) or vector(0)', 'messages')),
    statPanel({ title: 'Parts down', description: 'Parts that do not answer Prometheus now; see the states below.' })
      .graphMode(BigValueGraphMode.None)
      .thresholds(thresholds(colors.good, [1, colors.bad]))
      .withTarget(instantQuery('count(up == 0) or vector(0)', 'parts')),
    statPanel({
      title: 'Alerts firing',
      description: 'Alerts that fire now. docs/operations.md says what to do for each.',
    })
      .graphMode(BigValueGraphMode.None)
      .thresholds(thresholds(colors.good, [1, colors.bad]))
      .withTarget(instantQuery('count(ALERTS{alertstate="firing"}) or vector(0)', 'alerts')),
  ];
}

import { colors, type PanelSource } from '../common.ts';
import { figurePanels, memoryFigure } from './figures.ts';

/** Values of `ticdc_owner_status` (tiflow v8.5.7, `FeedState.ToInt` in cdc/model/changefeed.go). */
const changefeedStates = {
  '0': { text: 'normal', color: colors.good },
  '1': { text: 'pending', color: colors.warning },
  '2': { text: 'failed', color: colors.bad },
  '3': { text: 'stopped', color: colors.bad },
  '4': { text: 'finished', color: colors.calm },
  '5': { text: 'removed', color: colors.calm },
  '6': { text: 'warning', color: colors.warning },
};

/** TiCDC. Metrics as registered in tiflow v8.5.7: cdc/owner, cdc/sink/metrics and cdc/processor, `metrics.go` in each. */
export function ticdcPanels(): readonly PanelSource[] {
  return figurePanels([
    {
      title: 'Changefeed lag',
      description: 'Seconds behind TiDB: what is in Kafka (checkpoint) and what TiCDC knows (resolved).',
      unit: 's',
      queries: {
        'max by (changefeed) (ticdc_owner_checkpoint_ts_lag)': '{{changefeed}} checkpoint',
        'max by (changefeed) (ticdc_owner_resolved_ts_lag)': '{{changefeed}} resolved',
      },
    },
    {
      title: 'Changefeed state',
      description: 'A changefeed that has failed or is stopped does not go on by itself.',
      unit: 'none',
      queries: { 'max by (changefeed) (ticdc_owner_status)': '{{changefeed}}' },
      states: changefeedStates,
    },
    {
      title: 'Rows per second',
      description: 'Rows that the sink took.',
      unit: 'ops',
      queries: {
        'sum by (changefeed) (rate(ticdc_sink_table_sink_total_rows_count[$__rate_interval]))': '{{changefeed}}',
      },
    },
    {
      title: 'Kafka send duration, p99',
      description: 'Seconds that 99 of 100 sends to Kafka stay below.',
      unit: 's',
      queries: {
        'histogram_quantile(0.99, sum by (le) (rate(ticdc_sink_mq_worker_send_message_duration_bucket[$__rate_interval])))':
          'p99',
      },
    },
    {
      title: 'Errors',
      description: 'Errors of the sink, and processors that ended with an error, since the previous point.',
      unit: 'short',
      queries: {
        'sum by (changefeed) (increase(ticdc_sink_execution_error[$__interval] anchored))': '{{changefeed}} sink',
        'sum by (changefeed) (increase(ticdc_processor_exit_with_error_count[$__interval] anchored))':
          '{{changefeed}} processor',
      },
    },
    memoryFigure('ticdc'),
  ]);
}

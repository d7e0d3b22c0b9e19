import { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode } from '@grafana/grafana-foundation-sdk/common';
import { eventDelayQuantile, lagByPartition, watermarkAge } from '../../queries.ts';
import { colors, type PanelSource, rangeQuery, thresholds, timeSeriesPanel } from '../common.ts';

/** How far each stage is behind, over time. */
export function flowPanels(hasTicdc: boolean): readonly PanelSource[] {
  const width = hasTicdc ? 6 : 8;
  return [delay(width), ...(hasTicdc ? [changefeedLag(width)] : []), consumerLag(width), watermark(width)];
}

function delay(width: number): PanelSource {
  return timeSeriesPanel({
    title: 'Delay from commit to log',
    description: 'Seconds from the commit in the database until the event was in the event log.',
  })
    .span(width)
    .unit('s')
    .withTarget(rangeQuery(eventDelayQuantile(0.5, '$__rate_interval'), 'p50'))
    .withTarget(rangeQuery(eventDelayQuantile(0.95, '$__rate_interval'), 'p95'))
    .withTarget(rangeQuery(eventDelayQuantile(0.99, '$__rate_interval'), 'p99'));
}

function changefeedLag(width: number): PanelSource {
  return timeSeriesPanel({
    title: 'Changefeed checkpoint lag',
    description:
      'How far TiCDC is behind TiDB: the checkpoint is written to Kafka, the resolved point is known to TiCDC. Empty where the source is not TiCDC.',
  })
    .span(width)
    .unit('s')
    .thresholds(thresholds(colors.calm, [60, colors.warning], [600, colors.bad]))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
    .withTarget(rangeQuery('max by (changefeed) (ticdc_owner_checkpoint_ts_lag)', '{{changefeed}} checkpoint'))
    .withTarget(rangeQuery('max by (changefeed) (ticdc_owner_resolved_ts_lag)', '{{changefeed}} resolved'));
}

function consumerLag(width: number): PanelSource {
  return timeSeriesPanel({
    title: 'Consumer lag by partition',
    description: 'Messages in Kafka that are not processed yet.',
  })
    .span(width)
    .unit('short')
    .withTarget(rangeQuery(lagByPartition, '{{topic}}/{{partition}}'));
}

function watermark(width: number): PanelSource {
  return timeSeriesPanel({
    title: 'Watermark age',
    description:
      'Everything committed before the watermark has arrived. TiCDC writes one about once a second; empty where the source is not TiCDC.',
  })
    .span(width)
    .unit('s')
    .withTarget(rangeQuery(watermarkAge, 'age'));
}

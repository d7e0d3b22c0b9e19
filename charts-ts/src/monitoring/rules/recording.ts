import { eventDelayQuantile, lagByPartition } from '../queries.ts';
import type { RecordingRule } from './rule.ts';

/**
 * Series that alerts look back on: a partition's offset and lag, whichever consumer reads it, so that a rebalance
 * leaves no gap; and the delay, for dashboards over days.
 */
export const recordingRules: readonly RecordingRule[] = [
  { record: 'topic_partition:cdc_consumer_offset:max', expr: 'max by (topic, partition) (cdc_consumer_offset)' },
  { record: 'topic_partition:cdc_consumer_lag:max', expr: lagByPartition },
  { record: 'topic:cdc_consumer_lag:sum', expr: 'sum by (topic) (topic_partition:cdc_consumer_lag:max)' },
  { record: 'cdc_event_delay_seconds:p99_5m', expr: eventDelayQuantile(0.99, '5m') },
];

import type { PanelSource } from '../common.ts';
import { cpuFigure, figurePanels, memoryFigure } from './figures.ts';

/** The consumer's internals; what it does is on the overview. */
export function consumerPanels(): readonly PanelSource[] {
  return figurePanels([
    {
      title: 'Batch duration, p99',
      description: 'Seconds from the arrival of a batch until its offset is committed that 99 of 100 stay below.',
      unit: 's',
      queries: {
        'histogram_quantile(0.99, sum by (le) (rate(cdc_batch_duration_seconds_bucket[$__rate_interval])))': 'p99',
      },
    },
    {
      title: 'Partitions',
      description: 'Partitions that each instance reads.',
      unit: 'short',
      queries: { cdc_consumer_assigned_partitions: '{{instance}}' },
    },
    {
      title: 'Event log',
      description:
        '1 while the event log can be written; files removed to stay within their number since the previous point.',
      unit: 'short',
      queries: {
        cdc_event_log_writable: '{{instance}} writable',
        'increase(cdc_event_log_removed_files_total[$__interval] anchored)': '{{instance}} files removed',
      },
    },
    cpuFigure('consumer'),
    memoryFigure('consumer'),
  ]);
}

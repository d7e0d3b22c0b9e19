import type { PanelSource } from '../common.ts';
import { figurePanels, memoryFigure } from './figures.ts';

/** Prometheus's own metrics, as Prometheus 3.13 exposes them. */
export function prometheusPanels(): readonly PanelSource[] {
  return figurePanels([
    {
      title: 'Series',
      description: 'Series in memory.',
      unit: 'short',
      queries: { prometheus_tsdb_head_series: '{{instance}}' },
    },
    {
      title: 'Samples per second',
      description: 'Samples stored.',
      unit: 'ops',
      queries: {
        'sum by (instance) (rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))': '{{instance}}',
      },
    },
    {
      title: 'Scrape duration',
      description: 'Of each part; near the interval its numbers come late.',
      unit: 's',
      queries: { 'max by (job) (scrape_duration_seconds)': '{{job}}' },
    },
    {
      title: 'Failures',
      description:
        'Rules that could not be evaluated and alerts that no Alertmanager accepted, since the previous point.',
      unit: 'short',
      queries: {
        'sum by (instance) (increase(prometheus_rule_evaluation_failures_total[$__interval] anchored))':
          '{{instance}} rules',
        'sum by (instance) (increase(prometheus_notifications_dropped_total[$__interval] anchored))':
          '{{instance}} alerts',
      },
    },
    memoryFigure('prometheus'),
  ]);
}

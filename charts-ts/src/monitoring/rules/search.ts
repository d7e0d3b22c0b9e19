import type { AlertGroup } from './rule.ts';

/** Filebeat and Elasticsearch, by what the JSON exporter asks of them. */
export const searchAlerts: AlertGroup = {
  name: 'cdc-search',
  needs: ['elasticsearch', 'filebeat'],
  alerts: [
    {
      alert: 'FilebeatNotShipping',
      // A Filebeat that is not there ships nothing either, hence the zero; a document that Elasticsearch has is shipped.
      expr: '((sum(rate(filebeat_libbeat_output_events_total{type=~"acked|duplicates"}[5m])) or vector(0)) == 0) and on () (sum(rate(cdc_events_total[5m])) > 0)',
      for: '5m',
      severity: 'critical',
      summary: 'Events are logged and not shipped',
      description:
        'The consumer logs events, and for five minutes Elasticsearch has acknowledged none of Filebeat. They wait in the event log until its oldest file is removed.',
    },
    {
      alert: 'ElasticsearchYellow',
      expr: 'elasticsearch_cluster_health_status{color="yellow"} == 1',
      for: '10m',
      severity: 'warning',
      summary: 'Elasticsearch is yellow',
      description: 'Copies of shards have been missing for ten minutes: the loss of a node would lose documents.',
    },
    {
      alert: 'ElasticsearchRed',
      expr: 'elasticsearch_cluster_health_status{color="red"} == 1',
      for: '1m',
      severity: 'critical',
      summary: 'Elasticsearch is red',
      description: 'Primary shards are missing: documents cannot be found or cannot be written.',
    },
    {
      alert: 'ElasticsearchDiskLow',
      expr: diskFree('< 0.15'),
      for: '5m',
      severity: 'warning',
      summary: 'A disk of Elasticsearch is above the low watermark',
      description:
        '{{ $value | humanizePercentage }} of the disk of {{ $labels.name }} is free. Below 15 % no new shard is put there.',
    },
    {
      alert: 'ElasticsearchDiskCritical',
      expr: diskFree('< 0.10'),
      for: '5m',
      severity: 'critical',
      summary: 'A disk of Elasticsearch is above the high watermark',
      description:
        '{{ $value | humanizePercentage }} of the disk of {{ $labels.name }} is free. Below 10 % shards move away, below 5 % indices become read-only.',
    },
  ],
};

/** The thresholds are Elasticsearch's defaults of `cluster.routing.allocation.disk.watermark.*`: 85, 90 and 95 % used. */
function diskFree(condition: string): string {
  return `min by (name) (elasticsearch_filesystem_data_available_bytes / elasticsearch_filesystem_data_size_bytes) ${condition}`;
}

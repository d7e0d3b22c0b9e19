import type { AlertGroup } from './rule.ts';

/** Events that have arrived in Elasticsearch: new, already there, or refused and kept in the index for that. */
const arrived = 'filebeat_libbeat_output_events_total{type=~"acked|duplicates|dead_letter"}';

/**
 * Events of an hour that were counted and have not arrived in Elasticsearch within five minutes: what was counted
 * between 65 and 5 minutes ago must have been acknowledged in the last 65. One percent is tolerated, because a
 * restarted Filebeat loses the count of what it had acknowledged since the last scrape.
 */
const missing = `(sum(increase(cdc_events_total[1h] offset 5m)) - (sum(increase(${arrived}[65m])) or vector(0))) > 0.01 * sum(increase(cdc_events_total[1h] offset 5m))`;

/** Alerts about Filebeat and Elasticsearch, from the JSON exporter's metrics. */
export const searchAlerts: AlertGroup = {
  name: 'cdc-search',
  needs: ['filebeat'],
  alerts: [
    {
      alert: 'FilebeatNotShipping',
      // A missing Filebeat ships nothing either, hence the zero. A document that Elasticsearch has counts as shipped.
      expr: `((sum(rate(${arrived}[5m])) or vector(0)) == 0) and on () (sum(rate(cdc_events_total[5m])) > 0)`,
      for: '5m',
      severity: 'critical',
      summary: 'Events are logged but not shipped',
      description:
        'The consumer logs events, but Elasticsearch has acknowledged none for five minutes. They wait in the event log until its oldest file is removed.',
    },
    {
      alert: 'DocumentsMissing',
      expr: missing,
      for: '5m',
      severity: 'critical',
      summary: 'Counted events are missing in Elasticsearch',
      description:
        '{{ $value | humanize }} events of the last hour were counted more than five minutes ago and are still not acknowledged by Elasticsearch.',
    },
    {
      alert: 'DocumentsRejected',
      expr: 'sum(increase(filebeat_libbeat_output_events_total{type="dead_letter"}[10m])) > 0',
      for: '0m',
      severity: 'warning',
      summary: 'Elasticsearch refuses documents',
      description:
        'Elasticsearch refused documents in the last ten minutes. They are in the index cdc-events-rejected, with the reason.',
    },
    {
      alert: 'DocumentsDropped',
      expr: 'sum(increase(filebeat_libbeat_output_events_total{type="dropped"}[1h])) > 0',
      for: '0m',
      severity: 'critical',
      summary: 'Filebeat drops events',
      description:
        'Elasticsearch refused documents in the last hour, and the index cdc-events-rejected refused them too.',
    },
    {
      alert: 'EventLogRemovedUnread',
      expr: `(sum(increase(cdc_event_log_removed_files_total[1h])) > 0) and on () (${missing})`,
      for: '0m',
      severity: 'critical',
      summary: 'The event log lost files that Filebeat had not read',
      description:
        '{{ $value | humanize }} files of the event log were removed in the last hour while events are missing in Elasticsearch.',
    },
    {
      alert: 'ElasticsearchYellow',
      needs: ['elasticsearch'],
      expr: 'elasticsearch_cluster_health_status{color="yellow"} == 1',
      for: '10m',
      severity: 'warning',
      summary: 'Elasticsearch is yellow',
      description: 'Replica shards have been missing for ten minutes: losing a node would lose documents.',
    },
    {
      alert: 'ElasticsearchRed',
      needs: ['elasticsearch'],
      expr: 'elasticsearch_cluster_health_status{color="red"} == 1',
      for: '1m',
      severity: 'critical',
      summary: 'Elasticsearch is red',
      description: 'Primary shards are missing: documents cannot be found or cannot be written.',
    },
    {
      alert: 'ElasticsearchDiskLow',
      needs: ['elasticsearch'],
      expr: diskFree('< 0.15'),
      for: '5m',
      severity: 'warning',
      summary: 'A disk of Elasticsearch is above the low watermark',
      description:
        '{{ $value | humanizePercentage }} of the disk of {{ $labels.name }} is free. Below 15 %, no new shards are allocated to it.',
    },
    {
      alert: 'ElasticsearchDiskCritical',
      needs: ['elasticsearch'],
      expr: diskFree('< 0.10'),
      for: '5m',
      severity: 'critical',
      summary: 'A disk of Elasticsearch is above the high watermark',
      description:
        '{{ $value | humanizePercentage }} of the disk of {{ $labels.name }} is free. Below 10 %, shards move away; below 5 %, indices become read-only.',
    },
  ],
};

/** The thresholds are Elasticsearch's defaults of `cluster.routing.allocation.disk.watermark.*`: 85, 90 and 95 % used. */
function diskFree(condition: string): string {
  return `min by (name) (elasticsearch_filesystem_data_available_bytes / elasticsearch_filesystem_data_size_bytes) ${condition}`;
}

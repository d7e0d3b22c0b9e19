import type { PanelSource } from '../common.ts';
import { figurePanels } from './figures.ts';

const healthValues = [
  ['green', 1],
  ['yellow', 2],
  ['red', 3],
] as const;

/** Elasticsearch, through the JSON exporter's modules (see ../../json-exporter.ts for the fields that they read). */
export function elasticsearchPanels(): readonly PanelSource[] {
  return figurePanels([
    {
      title: 'Cluster health',
      description: 'Yellow: copies of shards are missing. Red: shards are missing.',
      unit: 'none',
      // One series for all colours: a series per colour would come and go.
      queries: {
        [`sum(${healthValues.map(([color, value]) => `elasticsearch_cluster_health_status{color="${color}"} * ${value}`).join(' or ')})`]:
          'cluster',
      },
      states: Object.fromEntries(healthValues.map(([color, value]) => [String(value), { text: color, color }])),
    },
    {
      title: 'Unassigned shards',
      description: 'Shards without a node. Should be none for long.',
      unit: 'short',
      queries: { 'max(elasticsearch_cluster_health_unassigned_shards)': 'shards' },
    },
    {
      title: 'Disk in use',
      description: 'Of each node. From 85 % no new shard comes, from 95 % indices become read-only.',
      unit: 'percentunit',
      queries: {
        '1 - min by (name) (elasticsearch_filesystem_data_available_bytes / elasticsearch_filesystem_data_size_bytes)':
          '{{name}}',
      },
    },
    {
      title: 'Heap in use',
      description: 'Of each node. Long above 85 % means that it needs more.',
      unit: 'percentunit',
      queries: {
        'max by (name) (elasticsearch_jvm_memory_used_bytes{area="heap"} / elasticsearch_jvm_memory_max_bytes{area="heap"})':
          '{{name}}',
      },
    },
    {
      title: 'Documents written per second',
      description: 'And writes refused because the queue was full.',
      unit: 'ops',
      queries: {
        'sum by (name) (rate(elasticsearch_indices_indexing_index_total[$__rate_interval]))': '{{name}}',
        'sum by (name) (rate(elasticsearch_thread_pool_rejected_count{type="write"}[$__rate_interval]))':
          '{{name}} refused',
      },
    },
  ]);
}

/** Filebeat, through the JSON exporter. */
export function filebeatPanels(): readonly PanelSource[] {
  return figurePanels([
    {
      title: 'Events shipped per second',
      description: 'By what became of them: duplicates are lines whose document was there already.',
      unit: 'ops',
      queries: {
        'sum by (type) (rate(filebeat_libbeat_output_events_total[$__rate_interval]))': '{{type}}',
      },
    },
    {
      title: 'Events on their way',
      description: 'Read from the log and not yet acknowledged by Elasticsearch.',
      unit: 'short',
      queries: { 'sum by (instance) (filebeat_libbeat_pipeline_events_active)': '{{instance}}' },
    },
    {
      title: 'Queue in use',
      description: 'At 100 % Filebeat stops reading until Elasticsearch takes more.',
      unit: 'percentunit',
      queries: { 'max by (instance) (filebeat_libbeat_pipeline_queue_filled_ratio)': '{{instance}}' },
    },
    {
      title: 'Open files',
      description: 'Segments of the event log that are read.',
      unit: 'short',
      queries: { 'sum by (instance) (filebeat_harvester_open_files)': '{{instance}}' },
    },
  ]);
}

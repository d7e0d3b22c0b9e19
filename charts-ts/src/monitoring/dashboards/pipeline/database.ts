import type { PanelSource } from '../common.ts';
import { figurePanels, memoryFigure } from './figures.ts';

/** TiDB. Metrics as `pkg/metrics/server.go` of pingcap/tidb v8.5 registers them. */
export function tidbPanels(): readonly PanelSource[] {
  return figurePanels([
    {
      title: 'Statements per second',
      description: 'Statements by outcome.',
      unit: 'ops',
      queries: { 'sum by (result) (rate(tidb_server_query_total[$__rate_interval]))': '{{result}}' },
    },
    {
      title: 'Statement duration, p99',
      description: 'Seconds that 99 of 100 statements stay below.',
      unit: 's',
      queries: {
        'histogram_quantile(0.99, sum by (le) (rate(tidb_server_handle_query_duration_seconds_bucket[$__rate_interval])))':
          'p99',
      },
    },
    {
      title: 'Connections',
      description: 'Open connections of clients.',
      unit: 'short',
      queries: { 'sum by (instance) (tidb_server_connections)': '{{instance}}' },
    },
    {
      title: 'Failed statements per second',
      description: 'Statements that ended with an error, by kind.',
      unit: 'ops',
      queries: { 'sum by (type) (rate(tidb_server_execute_error_total[$__rate_interval]))': '{{type}}' },
    },
    memoryFigure('tidb'),
  ]);
}

/** TiKV. Metrics as registered in tikv v8.5.7; queries after its metrics/grafana/tikv_summary.json. */
export function tikvPanels(): readonly PanelSource[] {
  return figurePanels([
    {
      title: 'Disk in use',
      description: 'Share of the capacity of each store that is used.',
      unit: 'percentunit',
      queries: {
        '1 - sum by (instance) (tikv_store_size_bytes{type="available"}) / sum by (instance) (tikv_store_size_bytes{type="capacity"})':
          '{{instance}}',
      },
    },
    {
      title: 'Request duration, p99',
      description: 'Seconds that 99 of 100 gRPC requests stay below.',
      unit: 's',
      queries: {
        'histogram_quantile(0.99, sum by (le) (rate(tikv_grpc_msg_duration_seconds_bucket{type!="kv_gc"}[$__rate_interval])))':
          'p99',
      },
    },
    {
      title: 'Server is busy',
      description: 'Requests refused per second because a queue was full. Should be none.',
      unit: 'ops',
      queries: {
        'sum by (instance) (rate(tikv_scheduler_too_busy_total[$__rate_interval]))': '{{instance}} scheduler',
        'sum by (instance, type) (rate(tikv_channel_full_total[$__rate_interval]))': '{{instance}} {{type}}',
      },
    },
    {
      title: 'Leaders',
      description: 'Regions that each store leads. A sudden fall means that it lost them.',
      unit: 'short',
      queries: { 'sum by (instance) (tikv_raftstore_region_count{type="leader"})': '{{instance}}' },
    },
    memoryFigure('tikv'),
  ]);
}

/**
 * PD. Metrics as registered in pd v8.5.7: it spells the types of region states with hyphens
 * (pkg/statistics/region_collection.go), although its own alert rules differ.
 */
export function pdPanels(): readonly PanelSource[] {
  return figurePanels([
    {
      title: 'Stores',
      description: 'TiKV stores that are not well, beside those that are up.',
      unit: 'short',
      queries: {
        'sum by (type) (pd_cluster_status{type=~"store_(up|disconnected|unhealth|down|low_space|slow)_count"})':
          '{{type}}',
      },
    },
    {
      title: 'Unusual regions',
      description: 'Regions with missing, down or pending copies. Should be none for long.',
      unit: 'short',
      queries: {
        'max by (type) (pd_regions_status{type=~"(miss|down|pending|offline)-peer-region-count"})': '{{type}}',
      },
    },
    {
      title: 'Timestamp duration, p99',
      description: 'Seconds that 99 of 100 requests for a timestamp stay below.',
      unit: 's',
      queries: {
        'histogram_quantile(0.99, sum by (le) (rate(pd_server_handle_tso_duration_seconds_bucket[$__rate_interval])))':
          'p99',
      },
    },
    {
      title: 'Write-ahead log sync, p99',
      description: "Seconds that 99 of 100 syncs of the embedded etcd's log stay below: the disk's speed.",
      unit: 's',
      queries: {
        'histogram_quantile(0.99, sum by (instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[$__rate_interval])))':
          '{{instance}}',
      },
    },
  ]);
}

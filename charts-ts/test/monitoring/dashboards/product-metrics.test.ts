import { describe, expect, test } from 'vitest';
import { dashboards } from '../../../src/monitoring/dashboards/index.ts';
import { panelQueries } from '../../../src/monitoring/dashboards/panel-queries.ts';
import { keptMetrics } from '../../../src/monitoring/kept-metrics.ts';
import { alertGroups } from '../../../src/monitoring/rules/index.ts';
import { probeJobs, type ScrapeJobName, scrapeJobs } from '../../../src/monitoring/scrape.ts';

/**
 * Metrics of products that do not run in the embedded system, as their sources register them. This list is independent
 * of the dashboards, because no system that runs here would reveal a wrong name.
 */
const registered: Readonly<Record<string, readonly string[]>> = {
  // pingcap/tidb v8.5, pkg/metrics/server.go
  tidb: [
    'tidb_server_query_total',
    'tidb_server_handle_query_duration_seconds_bucket',
    'tidb_server_connections',
    'tidb_server_execute_error_total',
  ],
  // tikv/tikv v8.5.7: components/pd_client/src/metrics.rs, src/server/metrics.rs, src/storage/metrics.rs,
  // components/batch-system/src/metrics.rs, components/raftstore/src/coprocessor/metrics.rs
  tikv: [
    'tikv_store_size_bytes',
    'tikv_grpc_msg_duration_seconds_bucket',
    'tikv_scheduler_too_busy_total',
    'tikv_channel_full_total',
    'tikv_raftstore_region_count',
  ],
  // tikv/pd v8.5.7: pkg/statistics/metrics.go, server/metrics.go; etcd's own
  pd: [
    'pd_cluster_status',
    'pd_regions_status',
    'pd_server_handle_tso_duration_seconds_bucket',
    'etcd_disk_wal_fsync_duration_seconds_bucket',
  ],
  // pingcap/tiflow v8.5.7: cdc/owner, cdc/processor, cdc/sink/metrics, cdc/sink/metrics/tablesink, cdc/sink/metrics/mq
  ticdc: [
    'ticdc_owner_checkpoint_ts_lag',
    'ticdc_owner_resolved_ts_lag',
    'ticdc_owner_status',
    'ticdc_processor_exit_with_error_count',
    'ticdc_sink_table_sink_total_rows_count',
    'ticdc_sink_mq_worker_send_message_duration_bucket',
    'ticdc_sink_execution_error',
  ],
  // strimzi/strimzi-kafka-operator 1.2.0, examples/metrics/strimzi-metrics-reporter/grafana-dashboards
  kafka: [
    'kafka_server_replicamanager_underreplicatedpartitions',
    'kafka_controller_kafkacontroller_offlinepartitionscount',
    'kafka_controller_kafkacontroller_activecontrollercount',
  ],
};

const allJobs = [...Object.keys(scrapeJobs), ...Object.keys(probeJobs)] as ScrapeJobName[];
const expressions = [
  ...dashboards(allJobs)
    .flatMap(panelQueries)
    .flatMap((query) => (query.kind === 'prometheus' ? [query.expr] : [])),
  ...alertGroups.flatMap(({ alerts }) => alerts.map(({ expr }) => expr)),
];

describe('metrics of the products', () => {
  test.each(Object.entries(registered))(
    '%s: every name asked for is registered, and every one is asked for and kept',
    (product, names) => {
      const prefixes = new Set(names.map((name) => name.slice(0, name.indexOf('_') + 1)));
      const pattern = new RegExp(String.raw`\b(?:${[...prefixes].join('|')})\w+`, 'g');
      const asked = new Set(expressions.flatMap((expr) => expr.match(pattern) ?? []));
      expect([...asked].sort()).toEqual([...names].sort());
      expect(keptMetrics(allJobs)[product]).toEqual(expect.arrayContaining([...names]));
    },
  );
});

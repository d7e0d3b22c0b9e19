import { defined } from '@tidb-cdc/runtime/defined';
/** Names of the exporter's modules. A module is a set of metrics from one JSON response. */
export type JsonExporterModule = 'elasticsearch_health' | 'elasticsearch_nodes' | 'filebeat';

export interface JsonExporterOptions {
  /** Login to Elasticsearch. @default no login */
  readonly elasticsearch?: {
    /** The name, or the path of the file that contains it. */
    readonly username: string | { readonly file: string };
    /** Path of the file that contains the password, as seen by the exporter. */
    readonly passwordFile: string;
    /** Path of the certificate authority's certificate, if the URL is https. */
    readonly caFile?: string;
  };
}

/** A metric in the configuration of prometheus-community/json_exporter 0.7 (its `config/config.go`). */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'value' | 'object';
  readonly valuetype: 'gauge' | 'counter';
  readonly path: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, string>>;
}

/**
 * The JSON exporter's configuration as plain data; the caller writes it as YAML. Elasticsearch and Filebeat have no
 * endpoint in Prometheus's format, so this exporter queries their own APIs. Elasticsearch's metrics are named as in
 * elasticsearch_exporter, which can therefore replace this one without changes to dashboards or rules.
 */
export function jsonExporterConfig(options: JsonExporterOptions = {}): Readonly<Record<string, unknown>> {
  const client = defined({ http_client_config: options.elasticsearch && clientConfig(options.elasticsearch) });
  const modules: Record<JsonExporterModule, unknown> = {
    elasticsearch_health: { ...client, metrics: healthMetrics },
    elasticsearch_nodes: { ...client, metrics: nodeMetrics },
    filebeat: { metrics: filebeatMetrics },
  };
  return { modules };
}

function clientConfig({ username, passwordFile, caFile }: NonNullable<JsonExporterOptions['elasticsearch']>): unknown {
  return {
    basic_auth: {
      ...(typeof username === 'string' ? { username } : { username_file: username.file }),
      password_file: passwordFile,
    },
    ...defined({ tls_config: caFile && { ca_file: caFile } }),
  };
}

/** `GET /_cluster/health` */
const healthMetrics: readonly Metric[] = [
  {
    name: 'elasticsearch_cluster_health',
    help: 'Elasticsearch _cluster/health: the colour of the cluster is the series that exists.',
    type: 'object',
    valuetype: 'gauge',
    path: '{ $ }',
    labels: { color: '{ .status }' },
    values: { status: '1' },
  },
  ...(['active_shards', 'unassigned_shards', 'number_of_nodes'] as const).map(
    (field): Metric => ({
      name: `elasticsearch_cluster_health_${field}`,
      help: `Elasticsearch _cluster/health: ${field}.`,
      type: 'value',
      valuetype: 'gauge',
      path: `{ .${field} }`,
    }),
  ),
];

/** `GET /_nodes/stats/fs,indices,jvm,thread_pool`, one series per node. */
const nodeMetrics: readonly Metric[] = [
  nodeMetric('elasticsearch_filesystem_data', 'gauge', {
    available_bytes: '{ .fs.total.available_in_bytes }',
    size_bytes: '{ .fs.total.total_in_bytes }',
  }),
  nodeMetric(
    'elasticsearch_jvm_memory',
    'gauge',
    { used_bytes: '{ .jvm.mem.heap_used_in_bytes }', max_bytes: '{ .jvm.mem.heap_max_in_bytes }' },
    { area: 'heap' },
  ),
  nodeMetric('elasticsearch_indices', 'counter', {
    indexing_index_total: '{ .indices.indexing.index_total }',
    search_query_total: '{ .indices.search.query_total }',
  }),
  nodeMetric(
    'elasticsearch_thread_pool',
    'counter',
    { rejected_count: '{ .thread_pool.write.rejected }' },
    { type: 'write' },
  ),
];

function nodeMetric(
  name: string,
  valuetype: 'gauge' | 'counter',
  values: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): Metric {
  return {
    name,
    help: `Elasticsearch _nodes/stats: ${Object.values(values).join(', ')}.`,
    type: 'object',
    valuetype,
    path: '{ .nodes.* }',
    labels: { name: '{ .name }', ...labels },
    values,
  };
}

/** `GET /stats` of Filebeat's HTTP endpoint. */
const filebeatMetrics: readonly Metric[] = [
  ...(['acked', 'duplicates', 'dead_letter', 'failed', 'dropped'] as const).map(
    (type): Metric => ({
      name: 'filebeat_libbeat_output_events_total',
      help: 'Filebeat libbeat.output.events: events by what became of them at the output.',
      type: 'value',
      valuetype: 'counter',
      path: `{ .libbeat.output.events.${type} }`,
      labels: { type },
    }),
  ),
  filebeatGauge('filebeat_libbeat_pipeline_events_active', 'libbeat.pipeline.events.active'),
  filebeatGauge('filebeat_libbeat_pipeline_queue_filled_ratio', 'libbeat.pipeline.queue.filled.pct'),
  filebeatGauge('filebeat_harvester_open_files', 'filebeat.harvester.open_files'),
];

function filebeatGauge(name: string, field: string): Metric {
  return { name, help: `Filebeat ${field}.`, type: 'value', valuetype: 'gauge', path: `{ .${field} }` };
}

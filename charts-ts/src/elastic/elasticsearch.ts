export interface ElasticsearchOptions {
  /** Address to listen on, for HTTP and transport. */
  readonly host: string;
  readonly httpPort: number;
  readonly transportPort: number;
  readonly dataDir: string;
  readonly logsDir: string;
}

/** elasticsearch.yml of a single node without security: for a target where only this machine reaches it. */
export function openElasticsearchSettings(options: ElasticsearchOptions): Readonly<Record<string, unknown>> {
  return { ...singleNodeSettings(options), 'xpack.security.enabled': false };
}

/**
 * elasticsearch.yml of a single node that answers nobody without a login. Without TLS: for a target whose network is
 * one machine's own.
 */
export function guardedElasticsearchSettings(options: ElasticsearchOptions): Readonly<Record<string, unknown>> {
  return {
    ...singleNodeSettings(options),
    'xpack.security.enabled': true,
    'xpack.security.http.ssl.enabled': false,
    'xpack.security.transport.ssl.enabled': false,
    // Enrolment is how further nodes and Kibana would join: it makes certificates at the first start.
    'xpack.security.enrollment.enabled': false,
    'xpack.ml.enabled': false,
  };
}

function singleNodeSettings(options: ElasticsearchOptions): Readonly<Record<string, unknown>> {
  return {
    'cluster.name': 'tidb-cdc',
    'node.name': 'elasticsearch',
    'path.data': options.dataDir,
    'path.logs': options.logsDir,
    'network.host': options.host,
    'http.port': options.httpPort,
    'transport.port': options.transportPort,
    'discovery.type': 'single-node',
    // mmap needs a kernel setting that laptops and containers often lack; a demo's indices are small.
    'node.store.allow_mmap': false,
    // A typing error must not create an index beside the data stream.
    'action.auto_create_index': 'cdc-*',
    // A nearly full disk would turn the indices read-only for good on a machine that others share.
    'cluster.routing.allocation.disk.threshold_enabled': false,
  };
}

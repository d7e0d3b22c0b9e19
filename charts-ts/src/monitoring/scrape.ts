import { systems } from '../pipeline.ts';
import type { JsonExporterModule } from './json-exporter.ts';

/** Path of an exporter that probes another system, as the blackbox exporter does. */
export const probePath = '/probe';

interface Job {
  /** What the job scrapes, for people. */
  readonly what: string;
  /** Port of the metrics, if the address does not name one. */
  readonly port: number;
  readonly path: string;
}

/**
 * Everything that is scraped directly, on any target; a target has some of these. Rules and dashboards identify a part
 * by the label `job`, so a ServiceMonitor must set it to these names too.
 *
 * Kafka has metrics only with Strimzi's metrics reporter; the apache/kafka image has no exporter. Without it, the
 * consumer's own `cdc_consumer_lag` and `cdc_consumer_offset` describe the topic.
 */
export const scrapeJobs = {
  pd: { what: 'PD', port: systems.pd.client, path: '/metrics' },
  tikv: { what: 'TiKV, its status port', port: systems.tikv.status, path: '/metrics' },
  tidb: { what: 'TiDB, its status port', port: systems.tidb.status, path: '/metrics' },
  ticdc: { what: 'TiCDC', port: systems.ticdc.api, path: '/metrics' },
  kafka: { what: "Kafka with Strimzi's metrics reporter", port: 9404, path: '/metrics' },
  consumer: { what: 'the consumer', port: systems.consumer.http, path: '/metrics' },
  prometheus: { what: 'Prometheus', port: systems.prometheus.http, path: '/metrics' },
  alertmanager: { what: 'Alertmanager', port: systems.alertmanager.http, path: '/metrics' },
  grafana: { what: 'Grafana', port: systems.grafana.http, path: '/metrics' },
  'json-exporter': {
    what: 'the exporter that asks Elasticsearch and Filebeat',
    port: systems['json-exporter'].http,
    path: '/metrics',
  },
} as const satisfies Record<string, Job>;

/** Parts that answer only in JSON, with the requests whose answers the JSON exporter turns into metrics. */
export const probeJobs = {
  elasticsearch: [
    { module: 'elasticsearch_health', path: '/_cluster/health' },
    { module: 'elasticsearch_nodes', path: '/_nodes/stats/fs,indices,jvm,thread_pool' },
  ],
  filebeat: [{ module: 'filebeat', path: '/stats' }],
} as const satisfies Record<string, readonly { module: JsonExporterModule; path: string }[]>;

/** A job that is scraped directly. */
export type DirectScrapeJobName = keyof typeof scrapeJobs;
/** A job that is probed through the JSON exporter. */
export type ProbedJobName = keyof typeof probeJobs;
/** The `job` label of a part. */
export type ScrapeJobName = DirectScrapeJobName | ProbedJobName;

/** A job's name and addresses. */
export interface ScrapeTarget {
  readonly job: string;
  /** `host:port` of each instance. */
  readonly addresses: readonly string[];
  /** @default /metrics */
  readonly path?: string;
}

/** A job that is probed through an exporter. */
export interface ProbeTarget {
  readonly job: string;
  /** `host:port` of the exporter. */
  readonly exporter: string;
  /** The URLs that the exporter requests, and the module for each. */
  readonly probes: readonly { readonly module: string; readonly url: string }[];
}

/**
 * Addresses of a target's jobs: `host` or `host:port` for jobs that are scraped directly; base URLs without a trailing
 * slash for Elasticsearch and Filebeat. A job that is left out does not exist there.
 */
export type ScrapeAddresses = Readonly<Partial<Record<ScrapeJobName, readonly string[]>>>;

/**
 * The scrape targets of a system, in the order of the list.
 * @throws Error if Elasticsearch or Filebeat has an address but the JSON exporter has none
 */
export function scrapeTargets(addresses: ScrapeAddresses): readonly (ScrapeTarget | ProbeTarget)[] {
  return [...directTargets(addresses), ...probeTargets(addresses)];
}

/** Names of the jobs that a system has, which its rules and dashboards can query. */
export function scrapeJobNames(addresses: ScrapeAddresses): readonly ScrapeJobName[] {
  const names = [...Object.keys(scrapeJobs), ...Object.keys(probeJobs)] as ScrapeJobName[];
  return names.filter((job) => addresses[job] !== undefined);
}

function directTargets(addresses: ScrapeAddresses): readonly ScrapeTarget[] {
  return (Object.entries(scrapeJobs) as [DirectScrapeJobName, Job][]).flatMap(([job, { port, path }]) => {
    const hosts = addresses[job];
    if (hosts === undefined) return [];
    return [{ job, addresses: hosts.map((host) => (host.includes(':') ? host : `${host}:${port}`)), path }];
  });
}

function probeTargets(addresses: ScrapeAddresses): readonly ProbeTarget[] {
  const exporter = directTargets(addresses).find(({ job }) => job === 'json-exporter')?.addresses[0];
  return (Object.keys(probeJobs) as ProbedJobName[]).flatMap((job) => {
    const urls = addresses[job];
    if (urls === undefined) return [];
    if (exporter === undefined) {
      throw new Error(
        `'${job}' (${urls.join(', ')}) is asked through the JSON exporter: 'json-exporter' must have an address`,
      );
    }
    const probes = urls.flatMap((url) => probeJobs[job].map(({ module, path }) => ({ module, url: `${url}${path}` })));
    return [{ job, exporter, probes }];
  });
}

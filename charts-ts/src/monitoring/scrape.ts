import { systems } from '../pipeline.ts';
import type { JsonExporterModule } from './json-exporter.ts';

/** Path under which an exporter of the blackbox kind answers for another system. */
export const probePath = '/probe';

interface Job {
  /** What the job scrapes, for people. */
  readonly what: string;
  /** Port of the metrics, where the address does not name one. */
  readonly port: number;
  readonly path: string;
}

/**
 * Everything that is scraped, on whatever target: one list. A target has some of these; `job` is the label by which
 * rules and dashboards know a part, so a ServiceMonitor must set it to these names too.
 *
 * Kafka answers only where Strimzi's metrics reporter runs in it; the apache/kafka image has no exporter, and there the
 * consumer's own `cdc_consumer_lag` and `cdc_consumer_offset` tell about the topic.
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

/** What answers in JSON only, and by which questions the JSON exporter turns it into metrics. */
export const probeJobs = {
  elasticsearch: [
    { module: 'elasticsearch_health', path: '/_cluster/health' },
    { module: 'elasticsearch_nodes', path: '/_nodes/stats/fs,indices,jvm,thread_pool' },
  ],
  filebeat: [{ module: 'filebeat', path: '/stats' }],
} as const satisfies Record<string, readonly { module: JsonExporterModule; path: string }[]>;

/** A job that is scraped directly. */
export type DirectScrapeJobName = keyof typeof scrapeJobs;
/** A job that is asked through the JSON exporter. */
export type ProbedJobName = keyof typeof probeJobs;
/** The `job` label of a part. */
export type ScrapeJobName = DirectScrapeJobName | ProbedJobName;

/** A job's name and where it answers. */
export interface ScrapeTarget {
  readonly job: string;
  /** `host:port` of each instance. */
  readonly addresses: readonly string[];
  /** @default /metrics */
  readonly path?: string;
}

/** A job that is asked through an exporter. */
export interface ProbeTarget {
  readonly job: string;
  /** `host:port` of the exporter. */
  readonly exporter: string;
  /** What the exporter is told to ask, and by which of its modules. */
  readonly probes: readonly { readonly module: string; readonly url: string }[];
}

/**
 * Where the jobs of one target answer: `host` or `host:port` for what is scraped directly, base URLs without a slash
 * at the end for Elasticsearch and Filebeat. A job that is left out does not exist there.
 */
export type ScrapeAddresses = Readonly<Partial<Record<ScrapeJobName, readonly string[]>>>;

/**
 * The scrape targets of a system, in the order of the list.
 * @throws Error where Elasticsearch or Filebeat has an address and the JSON exporter none
 */
export function scrapeTargets(addresses: ScrapeAddresses): readonly (ScrapeTarget | ProbeTarget)[] {
  return [...directTargets(addresses), ...probeTargets(addresses)];
}

/** Names of the jobs that a system has: what its rules and dashboards can ask about. */
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

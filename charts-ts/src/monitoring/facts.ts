import { address } from '../pipeline.ts';
import { clientSecret } from '../profile/external.ts';
import type { Profile } from '../profile/fields.ts';
import type { ScrapeJobName } from './scrape.ts';

/** The Secret with the name and password of Grafana's administrator. */
export const grafanaAdminSecret = 'grafana-admin';

/** Whether Elasticsearch's own metrics are collected: the owner of an external one may not want that. */
export function asksElasticsearch({ elasticsearch }: Pick<Profile, 'elasticsearch'>): boolean {
  return !('external' in elasticsearch) || clientSecret(elasticsearch.external.secret, 'monitor') !== undefined;
}

const all: readonly ScrapeJobName[] = [
  'pd',
  'tikv',
  'tidb',
  'ticdc',
  'kafka',
  'consumer',
  'elasticsearch',
  'filebeat',
  'prometheus',
  'alertmanager',
  'grafana',
  'json-exporter',
];

/** How to query Prometheus on Kubernetes. */
export interface PrometheusAccess {
  readonly url: string;
  readonly scrapeIntervalSeconds: number;
}

export function prometheusAccess({ prometheus }: Pick<Profile, 'prometheus'>): PrometheusAccess {
  if ('external' in prometheus) return prometheus.external;
  return { url: `http://${address('prometheus', 'http')}`, scrapeIntervalSeconds: prometheus.scrapeIntervalSeconds };
}

/** The jobs that are scraped on Kubernetes: all of the model except those of external systems. */
export function kubernetesJobs(
  profile: Pick<Profile, 'tidb' | 'kafka' | 'elasticsearch' | 'prometheus' | 'grafana'>,
): readonly ScrapeJobName[] {
  const external: ScrapeJobName[] = [];
  if ('external' in profile.tidb) external.push('pd', 'tikv', 'tidb', 'ticdc');
  if ('external' in profile.kafka) external.push('kafka');
  if (!asksElasticsearch(profile)) external.push('elasticsearch');
  if ('external' in profile.prometheus) external.push('prometheus', 'alertmanager');
  if ('external' in profile.grafana) external.push('grafana');
  return all.filter((job) => !external.includes(job));
}

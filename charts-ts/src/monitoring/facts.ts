import { clientSecret } from '../profile/elasticsearch.ts';
import type { Profile } from '../profile/fields.ts';
import type { ScrapeJobName } from './scrape.ts';

/** The Secret with the name and the password of Grafana's administrator. */
export const grafanaAdminSecret = 'grafana-admin';

/** Whether metrics of Elasticsearch itself are taken: an external one's owner may not want that. */
export function asksElasticsearch({ elasticsearch }: Pick<Profile, 'elasticsearch'>): boolean {
  return !('external' in elasticsearch) || clientSecret(elasticsearch.external, 'monitor') !== undefined;
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

/** What is scraped on Kubernetes: everything that the model knows, but for what is external. */
export function kubernetesJobs(profile: Pick<Profile, 'tidb' | 'kafka' | 'elasticsearch'>): readonly ScrapeJobName[] {
  const external: ScrapeJobName[] = [];
  if ('external' in profile.tidb) external.push('pd', 'tikv', 'tidb', 'ticdc');
  if ('external' in profile.kafka) external.push('kafka');
  if (!asksElasticsearch(profile)) external.push('elasticsearch');
  return all.filter((job) => !external.includes(job));
}

import type { Profile } from '../profile/fields.ts';
import type { ScrapeJobName } from './scrape.ts';

/** The Secret with the name and the password of Grafana's administrator. */
export const grafanaAdminSecret = 'grafana-admin';

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
export function kubernetesJobs({ tidb, kafka }: Pick<Profile, 'tidb' | 'kafka'>): readonly ScrapeJobName[] {
  const external: ScrapeJobName[] = [];
  if ('external' in tidb) external.push('pd', 'tikv', 'tidb', 'ticdc');
  if ('external' in kafka) external.push('kafka');
  return all.filter((job) => !external.includes(job));
}

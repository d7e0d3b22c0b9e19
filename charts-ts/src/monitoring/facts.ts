import type { ScrapeJobName } from './scrape.ts';

/** The Secret with the name and the password of Grafana's administrator. */
export const grafanaAdminSecret = 'grafana-admin';

/** What is scraped on Kubernetes: everything that the model knows. */
export const kubernetesJobs: readonly ScrapeJobName[] = [
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

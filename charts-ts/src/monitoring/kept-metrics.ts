import { dashboards } from './dashboards/index.ts';
import { panelQueries } from './dashboards/panel-queries.ts';
import { rules } from './rules/index.ts';
import type { DirectScrapeJobName, ScrapeJobName } from './scrape.ts';

/** Names of the metrics that are kept, by job. All metrics of other jobs are kept. */
export type KeptMetrics = Readonly<Partial<Record<string, readonly string[]>>>;

/**
 * Prefixes of each product's own metrics. Jobs that are missing here (the consumer, and those that the JSON exporter
 * probes) have metrics that we choose ourselves: all of them are kept.
 */
const ownPrefixes: Readonly<Record<Exclude<DirectScrapeJobName, 'consumer'>, readonly string[]>> = {
  pd: ['pd_', 'etcd_'],
  tikv: ['tikv_'],
  tidb: ['tidb_'],
  ticdc: ['ticdc_'],
  kafka: ['kafka_'],
  prometheus: ['prometheus_'],
  alertmanager: ['alertmanager_'],
  grafana: ['grafana_'],
  'json-exporter': ['jsonexporter_'],
};

/** Prefix of metrics that programs have in common: memory, processor. */
const sharedPrefix = 'process_';

/**
 * The metrics that Prometheus keeps of each product: those that a panel, an alert or a recording rule reads. TiKV alone
 * has thousands of series that nothing reads here, and they would take most of Prometheus's memory.
 */
export function keptMetrics(jobs: readonly ScrapeJobName[]): KeptMetrics {
  const read = metricsRead(jobs);
  const products = Object.entries(ownPrefixes).filter(([job]) => jobs.some((one) => one === job));
  return Object.fromEntries(
    products.map(([job, own]) => {
      const prefixes = [...own, sharedPrefix];
      return [job, read.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))];
    }),
  );
}

/** Names of all metrics that a panel, an alert or a recording rule of a target with these jobs reads, sorted. */
export function metricsRead(jobs: readonly ScrapeJobName[]): readonly string[] {
  const queries = dashboards(jobs).flatMap(panelQueries);
  const expressions = [
    ...queries.flatMap((query) => (query.kind === 'prometheus' ? [query.expr] : [])),
    ...rules({ jobs }).groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
  ];
  return [...new Set(expressions.flatMap(metricsOf))].sort();
}

/** Names of the metrics in a PromQL expression. Ours all contain an underscore, which no keyword of PromQL does. */
export function metricsOf(expression: string): readonly string[] {
  const selectorsOnly = expression.replace(
    /"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g,
    ' ',
  );
  return selectorsOnly.match(/\b[a-zA-Z][\w:]*_[\w:]*\b(?!\s*\()/g) ?? [];
}

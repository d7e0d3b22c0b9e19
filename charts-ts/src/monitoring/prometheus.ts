import { defined } from '@tidb-cdc/runtime/defined';
import type { KeptMetrics } from './kept-metrics.ts';
import { type ProbeTarget, probePath, type ScrapeTarget } from './scrape.ts';

export type { ProbeTarget, ScrapeTarget } from './scrape.ts';

export interface PrometheusOptions {
  readonly targets: readonly (ScrapeTarget | ProbeTarget)[];
  /** Time between two scrapes, in seconds. @default 5 */
  readonly scrapeIntervalSeconds?: number;
  /** Paths of rule files, as seen by Prometheus. @default none */
  readonly ruleFiles?: readonly string[];
  /** `host:port` of each Alertmanager. @default none */
  readonly alertmanagers?: readonly string[];
  /** Labels of every target, for a Prometheus that others use; each job then states its interval. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** The metrics to keep of each job, see `keptMetrics`. @default all metrics of all jobs */
  readonly kept?: KeptMetrics;
}

/**
 * Features that make the pie exact. Without the first, `increase()` misses a counter's first sample, so the very first
 * event of a table would not count. Without the second there is no `anchored`, and counts are estimates.
 */
export const prometheusFeatures = ['created-timestamp-zero-ingestion', 'promql-extended-range-selectors'] as const;

/** Command-line flags of every Prometheus of ours. */
export const prometheusFlags: readonly string[] = [`--enable-feature=${prometheusFeatures.join(',')}`];

/** prometheus.yml as plain data; the caller writes it as YAML. */
export function prometheusConfig(options: PrometheusOptions): Readonly<Record<string, unknown>> {
  const { targets, scrapeIntervalSeconds = 5, ruleFiles = [], alertmanagers = [], labels, kept = {} } = options;
  const interval = `${scrapeIntervalSeconds}s`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    ...(ruleFiles.length === 0 ? {} : { rule_files: [...ruleFiles] }),
    ...(alertmanagers.length === 0
      ? {}
      : { alerting: { alertmanagers: [{ static_configs: [{ targets: [...alertmanagers] }] }] } }),
    scrape_configs: targets.map((target) => ({
      ...('exporter' in target ? probeConfig(target, labels) : scrapeConfig(target, labels)),
      ...(labels === undefined ? {} : { scrape_interval: interval, scrape_timeout: interval }),
      ...defined({ metric_relabel_configs: keepOnly(kept[target.job]) }),
    })),
  };
}

function keepOnly(names: readonly string[] | undefined): unknown {
  return names && [{ source_labels: ['__name__'], regex: names.join('|'), action: 'keep' }];
}

type Labels = PrometheusOptions['labels'];

function scrapeConfig({ job, addresses, path }: ScrapeTarget, labels: Labels): Readonly<Record<string, unknown>> {
  return {
    job_name: job,
    ...defined({ metrics_path: path }),
    static_configs: [{ targets: [...addresses], ...defined({ labels }) }],
  };
}

/** Scrapes the exporter; `instance` is the URL that the exporter queries. */
function probeConfig({ job, exporter, probes }: ProbeTarget, labels: Labels): Readonly<Record<string, unknown>> {
  return {
    job_name: job,
    metrics_path: probePath,
    static_configs: probes.map(({ module, url }) => ({
      targets: [url],
      labels: { __param_module: module, ...labels },
    })),
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: exporter },
    ],
  };
}

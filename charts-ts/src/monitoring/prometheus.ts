/** What is scraped: a job's name and where it answers. */
export interface ScrapeTarget {
  readonly job: string;
  /** `host:port` of each instance. */
  readonly addresses: readonly string[];
  /** @default /metrics */
  readonly path?: string;
}

export interface PrometheusOptions {
  readonly targets: readonly ScrapeTarget[];
  /** Time between two scrapes, in seconds. @default 5 */
  readonly scrapeIntervalSeconds?: number;
}

/**
 * Features that make the pie exact. Without the first, `increase()` never sees a counter's first sample, so the very
 * first event of a table would not count; without the second there is no `anchored`, and counts are estimates.
 */
export const prometheusFeatures = ['created-timestamp-zero-ingestion', 'promql-extended-range-selectors'] as const;

/** Command-line flags that every Prometheus of the system runs with. */
export const prometheusFlags: readonly string[] = [`--enable-feature=${prometheusFeatures.join(',')}`];

/** prometheus.yml as plain data; the caller writes it as YAML. */
export function prometheusConfig(options: PrometheusOptions): Readonly<Record<string, unknown>> {
  const interval = `${options.scrapeIntervalSeconds ?? 5}s`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    scrape_configs: options.targets.map(({ job, addresses, path }) => ({
      job_name: job,
      ...(path === undefined ? {} : { metrics_path: path }),
      static_configs: [{ targets: [...addresses] }],
    })),
  };
}

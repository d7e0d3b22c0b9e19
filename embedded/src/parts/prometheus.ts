import { prometheusConfig, prometheusFlags } from '@tidb-cdc/charts/monitoring/prometheus';
import { rules } from '@tidb-cdc/charts/monitoring/rules/index';
import { scrapeJobNames, scrapeTargets } from '@tidb-cdc/charts/monitoring/scrape';
import { stringify } from 'yaml';
import { makeWritable, writeConfig } from './folders.ts';
import { programSource } from './go-program.ts';
import { host, type Part, type PartContext } from './part.ts';
import { isAnswering } from './probe.ts';

/** Prometheus, which scrapes the consumer and itself and evaluates the rules for both. */
export function prometheusPart(context: PartContext): Part {
  const { paths, ports, isolation, cacheDir } = context;
  const source = programSource('prometheus', cacheDir);
  const at = (...path: string[]) => paths.part('prometheus', ...path);
  const jobs = { consumer: [`${host}:${ports.consumer}`], prometheus: [`${host}:${ports.prometheus}`] };
  const config = prometheusConfig({ targets: scrapeTargets(jobs), ruleFiles: [at('rules.yml')] });
  return {
    name: 'prometheus',
    fetchTool: source.mustBeBuilt ? 'go' : undefined,
    startBoundMs: 60_000,
    stopBoundMs: 5_000,
    fetch: source.fetch,
    async prepare() {
      makeWritable(at('data'), isolation);
      writeConfig(at('rules.yml'), stringify(rules({ jobs: scrapeJobNames(jobs) })), isolation);
      writeConfig(at('prometheus.yml'), stringify(config), isolation);
      return {
        command: [
          source.path,
          `--config.file=${at('prometheus.yml')}`,
          `--storage.tsdb.path=${at('data')}`,
          '--storage.tsdb.retention.time=15d',
          `--web.listen-address=${host}:${ports.prometheus}`,
          ...prometheusFlags,
        ],
        cwd: at(),
        unprivileged: true,
      };
    },
    isReady: () => isAnswering(`http://${host}:${ports.prometheus}/-/ready`),
  };
}

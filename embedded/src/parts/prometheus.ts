import { prometheusConfig, prometheusFlags } from '@tidb-cdc/charts/monitoring/prometheus';
import { stringify } from 'yaml';
import { makeWritable, writeConfig } from './folders.ts';
import { programSource } from './go-program.ts';
import { host, type Part, type PartContext } from './part.ts';
import { answers } from './probe.ts';

/** Prometheus, which scrapes the consumer. */
export function prometheusPart(context: PartContext): Part {
  const { paths, ports, isolation } = context;
  const source = programSource('prometheus', context);
  const at = (...path: string[]) => paths.part('prometheus', ...path);
  const config = prometheusConfig({ targets: [{ job: 'consumer', addresses: [`${host}:${ports.consumer}`] }] });
  return {
    name: 'prometheus',
    fetchTool: source.mustBeBuilt ? 'go' : undefined,
    startBoundMs: 60_000,
    stopBoundMs: 5_000,
    fetch: source.fetch,
    async prepare() {
      makeWritable(at('data'), isolation);
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
    isReady: () => answers(`http://${host}:${ports.prometheus}/-/ready`),
  };
}

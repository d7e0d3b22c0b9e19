import { dirname } from 'node:path';
import { consumerTopics } from '@tidb-cdc/charts/consumer/facts';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { makeWritable } from './folders.ts';
import { host, type Part, type PartContext } from './part.ts';
import { isAnswering } from './probe.ts';

/** Our own consumer, run from its sources. */
export function consumerPart({ paths, ports, isolation }: PartContext): Part {
  return {
    name: 'consumer',
    fetchTool: undefined,
    startBoundMs: 120_000,
    stopBoundMs: 8_000,
    async fetch() {},
    async prepare() {
      makeWritable(dirname(paths.eventLog), isolation);
      return {
        command: [process.execPath, '--import', 'tsx', repositoryFile('consumer', 'src', 'main.ts')],
        env: {
          KAFKA_BROKERS: `${host}:${ports.kafka}`,
          ...consumerTopics,
          EVENT_LOG: paths.eventLog,
          HTTP_HOST: host,
          HTTP_PORT: String(ports.consumer),
          SHUTDOWN_TIMEOUT_SECONDS: '7',
        },
        cwd: repositoryFile(),
        unprivileged: true,
      };
    },
    isReady: () => isAnswering(`http://${host}:${ports.consumer}/readyz`),
  };
}

import { filebeatConfig } from '@tidb-cdc/charts/elastic/filebeat';
import { stringify } from 'yaml';
import { makeWritable, writeConfig } from './folders.ts';
import { programSource } from './go-program.ts';
import { host, type Part, type PartContext } from './part.ts';
import { isAnswering } from './probe.ts';

/** No container limits it here. 1 GiB lets ordinary rows through at full speed. */
const memoryMiB = 1024;

/** Filebeat, which ships the event log to Elasticsearch. */
export function filebeatPart(context: PartContext): Part {
  const { paths, ports, isolation, cacheDir } = context;
  const source = programSource('filebeat', cacheDir);
  const at = (...path: string[]) => paths.part('filebeat', ...path);
  const config = filebeatConfig({
    eventLogGlob: paths.part('consumer', 'events.*.ndjson'),
    elasticsearchUrl: `http://${host}:${ports.elasticsearch}`,
    statusHost: host,
    statusPort: ports.filebeat,
    memoryMiB,
  });
  return {
    name: 'filebeat',
    fetchTool: source.mustBeBuilt ? 'go' : undefined,
    startBoundMs: 60_000,
    stopBoundMs: 5_000,
    fetch: source.fetch,
    async prepare() {
      for (const dir of ['data', 'logs']) makeWritable(at(dir), isolation);
      writeConfig(at('filebeat.yml'), stringify(config), isolation);
      const folders = [`--path.home=${at()}`, `--path.config=${at()}`, `--path.data=${at('data')}`];
      return {
        // The configuration belongs to the user who started the system, or to `nobody`. Filebeat's check would insist
        // on root as its owner.
        command: [
          source.path,
          '-c',
          at('filebeat.yml'),
          ...folders,
          `--path.logs=${at('logs')}`,
          '--strict.perms=false',
        ],
        cwd: at(),
        unprivileged: true,
      };
    },
    isReady: () => isAnswering(`http://${host}:${ports.filebeat}/`),
  };
}

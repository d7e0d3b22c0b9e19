import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { openElasticsearchSettings } from '@tidb-cdc/charts/elastic/facts';
import { stringify } from 'yaml';
import { cachePath } from '../fetch/cache.ts';
import { mavenEntry, mavenFetch } from '../fetch/maven.ts';
import { makeWritable, writeConfig } from './folders.ts';
import { smallJvmFlags } from './java.ts';
import { host, type Part, type PartContext } from './part.ts';
import { isAnswering } from './probe.ts';

const heap = '320m';

/** One Elasticsearch node without security. The distribution in the cache is not modified. */
export function elasticsearchPart(context: PartContext): Part {
  const { paths, ports, versions, isolation } = context;
  const entry = mavenEntry({ profile: 'elasticsearch', versions, get: 'content' });
  const home = join(cachePath(context.cacheDir, entry), 'content', `elasticsearch-${versions.elasticsearch}`);
  const at = (...path: string[]) => paths.part('elasticsearch', ...path);
  const settings = openElasticsearchSettings({
    host,
    httpPort: ports.elasticsearch,
    transportPort: ports.elasticsearchTransport,
    dataDir: at('data'),
    logsDir: at('logs'),
  });
  return {
    name: 'elasticsearch',
    ...mavenFetch(context.cacheDir, entry),
    startBoundMs: 180_000,
    stopBoundMs: 6_000,
    async prepare() {
      for (const dir of ['data', 'logs', 'tmp', 'config']) makeWritable(at(dir), isolation);
      writeConfig(at('config', 'elasticsearch.yml'), stringify(settings), isolation);
      const options = [`-Xms${heap}`, `-Xmx${heap}`, `-Djava.io.tmpdir=${at('tmp')}`, ...smallJvmFlags, ''].join('\n');
      writeConfig(at('config', 'jvm.options'), options, isolation);
      copyFileSync(join(home, 'config', 'log4j2.properties'), at('config', 'log4j2.properties'));
      return {
        command: [join(home, 'bin', 'elasticsearch')],
        env: {
          ES_JAVA_HOME: context.javaHome,
          ES_PATH_CONF: at('config'),
          ES_TMPDIR: at('tmp'),
          // For the small program that starts the server.
          CLI_JAVA_OPTS: '-XX:TieredStopAtLevel=1 -Xshare:auto',
        },
        cwd: at(),
        // Elasticsearch refuses to run as root.
        unprivileged: true,
      };
    },
    isReady: () =>
      isAnswering(`http://${host}:${ports.elasticsearch}/_cluster/health?wait_for_status=yellow&timeout=0s`),
  };
}

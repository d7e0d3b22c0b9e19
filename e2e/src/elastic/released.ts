import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ElasticsearchUser,
  elasticsearchRoles,
  guardedElasticsearchSettings,
} from '@tidb-cdc/charts/elastic/facts';
import { version } from '@tidb-cdc/charts/kit/versions';
import { renderYaml } from '@tidb-cdc/charts/kit/yaml';
import { mavenEntry } from '@tidb-cdc/embedded/fetch/maven';
import { makeWritable, writeConfig } from '@tidb-cdc/embedded/parts/folders';
import { detectIsolation, type Isolation, isolatedCommand } from '@tidb-cdc/embedded/processes/isolation';
import { readVersions } from '@tidb-cdc/embedded/versions';
import { fetchText } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import { fetchCached } from '../cached.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

/** Password of a user of this Elasticsearch. */
export const passwordOf = (username: string): string => `local-${username}`;

export interface ReleasedElasticsearch extends ServerProcess {
  /** Its URL with a user's login. */
  readonly url: (username: string) => string;
}

export interface ReleasedOptions {
  /** Folder of the JDK that runs it. */
  readonly jdk: string;
  /** Folder for its files. */
  readonly folder: string;
  /** Further users by their name, each with a role of its own. */
  readonly roles: Readonly<Record<string, ElasticsearchUser['role']>>;
  readonly say: (line: string) => void;
}

/**
 * Starts Elasticsearch in the version that compose and Kubernetes run, with compose's settings, roles and users. The
 * build is the one that Elastic publishes for testing clients: it lacks most modules and `GET /`, so Filebeat does not
 * work with it.
 */
export async function startReleasedElasticsearch(options: ReleasedOptions): Promise<ReleasedElasticsearch> {
  const { jdk, folder, say } = options;
  const roles = { ...elasticsearchRoles(), ...options.roles };
  const isolation = detectIsolation();
  const home = await distribution(say);
  const at = (...path: string[]) => join(folder, 'elasticsearch', ...path);
  const httpPort = await freePort();
  writeFiles(at, home, isolation, { httpPort, transportPort: await freePort() }, roles);

  const env = { ES_JAVA_HOME: jdk, ES_PATH_CONF: at('config'), ES_TMPDIR: at('tmp'), HOME: at('tmp') };
  const command = (program: string, ...args: string[]) =>
    isolatedCommand([join(home, 'bin', program), ...args], isolation, true) as [string, ...string[]];
  addUsers(Object.keys(roles), (input, ...line) => {
    const [program, ...args] = command(...line);
    execFileSync(program, args, { env: { ...process.env, ...env }, input, stdio: ['pipe', 'ignore', 'inherit'] });
  });
  const url = (username: string) => `http://${username}:${passwordOf(username)}@127.0.0.1:${httpPort}`;
  const server = await startServer({
    name: `Elasticsearch ${version('elasticsearch')}`,
    command: command('elasticsearch'),
    env,
    logFile: join(folder, 'elasticsearch.log'),
    isReady: async () => {
      await fetchText(`${url('elastic')}/_cluster/health?wait_for_status=yellow&timeout=1s`);
    },
  });
  return { ...server, url };
}

type Ports = { readonly httpPort: number; readonly transportPort: number };

/** Creates its folders and writes compose's settings, and the roles. */
function writeFiles(
  at: (...path: string[]) => string,
  home: string,
  isolation: Isolation,
  ports: Ports,
  roles: object,
): void {
  for (const name of ['', 'config', 'data', 'logs', 'snapshots', 'tmp']) makeWritable(at(name), isolation);
  const settings = { host: '127.0.0.1', ...ports, dataDir: at('data'), logsDir: at('logs') };
  const files = {
    'elasticsearch.yml': renderYaml({ ...guardedElasticsearchSettings(settings), 'path.repo': at('snapshots') }),
    'roles.yml': renderYaml(roles),
    // Elasticsearch may write to its temporary folder, so it refuses to start when its configuration is in there.
    'jvm.options': `-Xms400m\n-Xmx400m\n-Djava.io.tmpdir=${at('tmp')}\n`,
    users: '',
    users_roles: '',
  };
  for (const [name, text] of Object.entries(files)) writeConfig(at('config', name), text, isolation);
  copyFileSync(join(home, 'config', 'log4j2.properties'), at('config', 'log4j2.properties'));
}

/** Creates the superuser and the users with Elasticsearch's own tools. */
function addUsers(
  usernames: readonly string[],
  tool: (input: string, program: string, ...args: string[]) => void,
): void {
  tool('', 'elasticsearch-keystore', 'create');
  tool(passwordOf('elastic'), 'elasticsearch-keystore', 'add', '--stdin', 'bootstrap.password');
  for (const username of usernames) {
    tool('', 'elasticsearch-users', 'useradd', username, '-p', passwordOf(username), '-r', username);
  }
}

async function distribution(say: (line: string) => void): Promise<string> {
  const released = version('elasticsearch');
  const versions = { ...readVersions(), elasticsearch: released };
  const entry = mavenEntry({ profile: 'elasticsearch', versions, get: 'content' });
  const path = await fetchCached(`Elasticsearch ${released}`, entry, say);
  return join(path, 'content', `elasticsearch-${released}`);
}

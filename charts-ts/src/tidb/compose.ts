import type { generateWorkloadSettings } from '@tidb-cdc/jobs/generate-workload';
import type { migrateDatabaseSettings } from '@tidb-cdc/jobs/migrate-database';
import type { seedDatabaseSettings } from '@tidb-cdc/jobs/seed-database';
import type { External } from '../external-settings.ts';
import { bashCheck, bashHttpCheck } from '../kit/compose/health.ts';
import { type JobService, jobService } from '../kit/compose/job.ts';
import { fromEnvironment, type SettingsOf, type SystemService } from '../kit/compose/service.ts';
import { renderToml } from '../kit/toml.ts';
import { address, appUser, database, systems } from '../pipeline.ts';
import { changefeedUser } from '../ticdc/facts.ts';
import { pdConfiguration, tidbConfiguration, tidbHosts, tikvConfiguration } from './facts.ts';

const tikvMemoryMiB = 1536;
const pdUrl = `http://${address('pd', 'client')}`;

export const pd: SystemService<'pd'> = {
  image: 'pd',
  command: [
    '/pd-server',
    '--name=pd',
    '--config=/etc/pd/pd.toml',
    '--data-dir=/data',
    `--client-urls=http://0.0.0.0:${systems.pd.client}`,
    `--advertise-client-urls=${pdUrl}`,
    `--peer-urls=http://0.0.0.0:${systems.pd.peer}`,
    `--advertise-peer-urls=http://${address('pd', 'peer')}`,
    `--initial-cluster=pd=http://${address('pd', 'peer')}`,
  ],
  files: [{ name: 'pd/pd.toml', target: '/etc/pd/pd.toml', content: renderToml(pdConfiguration({ replicas: 1 })) }],
  volumes: [{ volume: 'pd-data', target: '/data' }],
  health: bashHttpCheck(systems.pd.client, '/pd/api/v1/health'),
  memoryMiB: 384,
  user: 'root',
  temporary: ['/tmp'],
};

export const tikv: SystemService<'tikv'> = {
  image: 'tikv',
  command: [
    '/tikv-server',
    '--config=/etc/tikv/tikv.toml',
    '--data-dir=/data',
    `--pd-endpoints=${address('pd', 'client')}`,
    `--addr=0.0.0.0:${systems.tikv.server}`,
    `--advertise-addr=${address('tikv', 'server')}`,
    `--status-addr=0.0.0.0:${systems.tikv.status}`,
    `--advertise-status-addr=${address('tikv', 'status')}`,
  ],
  files: [
    {
      name: 'tikv/tikv.toml',
      target: '/etc/tikv/tikv.toml',
      content: renderToml(tikvConfiguration({ memoryMiB: tikvMemoryMiB, small: true })),
    },
  ],
  volumes: [{ volume: 'tikv-data', target: '/data' }],
  // It answers only after it has joined PD's cluster.
  health: bashHttpCheck(systems.tikv.status, '/status'),
  afterHealthy: ['pd'],
  memoryMiB: tikvMemoryMiB,
  user: 'root',
  temporary: ['/tmp'],
  stopSeconds: 30,
};

/** SQL that TiDB runs at its first start, before anyone can log in: it sets the users' passwords. */
const bootstrapSql = [
  "ALTER USER 'root'@'%' IDENTIFIED BY '$TIDB_ROOT_PASSWORD';",
  `CREATE USER '${changefeedUser}'@'%' IDENTIFIED BY '$TICDC_PASSWORD';`,
];

export const tidb: SystemService<'tidb'> = {
  image: 'tidb',
  command: [
    'bash',
    '-euc',
    [
      // A quote in a password would end the statement.
      'if [[ "$TIDB_ROOT_PASSWORD$TICDC_PASSWORD" =~ [^A-Za-z0-9._~-] ]]; then',
      '  echo "TIDB_ROOT_PASSWORD and TICDC_PASSWORD must be letters, digits and ._~- only" >&2; exit 1',
      'fi',
      'umask 077',
      `printf '%s\\n' ${bootstrapSql.map((statement) => `"${statement}"`).join(' ')} >/tmp/bootstrap.sql`,
      [
        'exec /tidb-server --config=/etc/tidb/tidb.toml --initialize-sql-file=/tmp/bootstrap.sql',
        `--store=tikv --path=${address('pd', 'client')} --host=0.0.0.0 -P=${systems.tidb.sql}`,
        `--advertise-address=tidb --status-host=0.0.0.0 --status=${systems.tidb.status}`,
      ].join(' '),
    ].join('\n'),
  ],
  environment: {
    TIDB_ROOT_PASSWORD: fromEnvironment('TIDB_ROOT_PASSWORD'),
    TICDC_PASSWORD: fromEnvironment('TICDC_PASSWORD'),
  },
  files: [{ name: 'tidb/tidb.toml', target: '/etc/tidb/tidb.toml', content: renderToml(tidbConfiguration()) }],
  publish: { sql: 'PORT_SQL' },
  // The image has no SQL client, but the greeting of the SQL protocol names the server's version.
  health: bashCheck([
    `exec 3<>/dev/tcp/127.0.0.1/${systems.tidb.sql}`,
    'IFS= LC_ALL=C read -r -t 4 -N 20 -u 3 greeting',
    '[[ $greeting == *TiDB* ]]',
  ]),
  afterHealthy: ['tikv'],
  memoryMiB: 1024,
  user: 'root',
  temporary: ['/tmp'],
  stopSeconds: 30,
};

function application(external: External) {
  const elsewhere = external.has('database');
  return {
    DATABASE_HOST: elsewhere ? fromEnvironment('EXTERNAL_DATABASE_HOST') : tidbHosts.compose,
    DATABASE_PORT: elsewhere ? fromEnvironment('EXTERNAL_DATABASE_PORT') : String(systems.tidb.sql),
    DATABASE_NAME: database,
    DATABASE_APP_USER: appUser,
    DATABASE_APP_PASSWORD: fromEnvironment(elsewhere ? 'EXTERNAL_DATABASE_APP_PASSWORD' : 'TIDB_APP_PASSWORD'),
  } satisfies SettingsOf<typeof seedDatabaseSettings> & SettingsOf<typeof generateWorkloadSettings>;
}

/** In an external database, the demo is created only with the profile `demo`. */
function demo(external: External) {
  return external.has('database')
    ? { environment: {}, profile: 'demo' as const }
    : { environment: { DEMO: fromEnvironment('DEMO') } };
}

export function migrateDatabase(external: External): JobService {
  const elsewhere = external.has('database');
  const { environment, ...options } = demo(external);
  return jobService('migrate-database', {
    environment: {
      ...application(external),
      DATABASE_ADMIN_USER: elsewhere ? fromEnvironment('EXTERNAL_DATABASE_ADMIN_USERNAME') : 'root',
      DATABASE_ADMIN_PASSWORD: fromEnvironment(elsewhere ? 'EXTERNAL_DATABASE_ADMIN_PASSWORD' : 'TIDB_ROOT_PASSWORD'),
      ...environment,
    } satisfies SettingsOf<typeof migrateDatabaseSettings>,
    ...options,
    afterHealthy: ['tidb'],
  });
}

export function seedDatabase(external: External): JobService {
  const { environment, ...options } = demo(external);
  return jobService('seed-database', {
    environment: { ...application(external), ...environment } satisfies SettingsOf<typeof seedDatabaseSettings>,
    ...options,
    // A changefeed never sees rows that existed before it.
    afterDone: external.has('database') ? ['migrate-database', 'create-changefeed'] : ['create-changefeed'],
  });
}

export function generateWorkload(external: External): JobService {
  return jobService('generate-workload', {
    environment: application(external),
    afterDone: ['seed-database'],
    profile: 'demo',
  });
}

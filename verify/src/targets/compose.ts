import type { ExternalSettingName } from '@tidb-cdc/charts/external-settings';
import type { CredentialName, HostPortName } from '@tidb-cdc/charts/pipeline';
import { appUser, database, systems } from '@tidb-cdc/charts/pipeline';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { waitFor } from '@tidb-cdc/runtime/wait';
import type { SystemAccess, Target } from '../target.ts';
import { withLogin } from '../url-login.ts';
import { checkComplete, RefusedError } from './check-complete.ts';
import { composeVariables, type ReadVariable, readComposeFile } from './compose-file.ts';

export interface ComposeTargetOptions {
  /** How long parts may take to start: the first start on a machine pulls their images. */
  readonly startTimeoutMs: number;
  /** Whether to keep waiting after a refused login, which may not be created yet. @default false */
  readonly wait?: boolean;
}

/** The system that `docker-compose up` runs on this machine, found through `.env` and the environment. */
export function composeTarget(options: ComposeTargetOptions, env: NodeJS.ProcessEnv = process.env): Target {
  return {
    async open(progress) {
      const access = composeAccess(env);
      const passwords = passwordNames(env);
      const places = {
        sql: `${passwords.sql} in .env and the environment`,
        elasticsearch: `${passwords.elasticsearch} in .env and the environment`,
      };
      await waitFor('the system of docker-compose up', () => checkComplete(access, places), {
        timeoutMs: options.startTimeoutMs,
        intervalMs: 1_000,
        progress,
        isFinal: (error) => !options.wait && error instanceof RefusedError,
      });
      return access;
    },
  };
}

/**
 * Addresses and logins of the parts that the proof needs, wherever they run.
 * @throws SettingsError if TiDB runs elsewhere, and there is no login for the demo's tables
 */
export function composeAccess(env: NodeJS.ProcessEnv): SystemAccess {
  const variable = composeVariables(env);
  const { name, services } = readComposeFile(variable);
  const setting = composeSettings(env);
  return {
    sql: {
      user: appUser,
      database,
      ...(services.has('tidb') ? ownDatabase(setting) : externalDatabase(name, variable)),
    },
    consumer: `http://127.0.0.1:${setting('PORT_CONSUMER')}`,
    elasticsearch: services.has('elasticsearch')
      ? withLogin(`http://127.0.0.1:${setting('PORT_ELASTICSEARCH')}`, {
          username: 'elastic',
          password: setting('ELASTIC_PASSWORD'),
        })
      : externalElasticsearch(setting),
    prometheus: services.has('prometheus')
      ? `http://127.0.0.1:${setting('PORT_PROMETHEUS')}`
      : setting('EXTERNAL_PROMETHEUS_URL'),
  };
}

function ownDatabase(setting: ReturnType<typeof composeSettings>) {
  return { host: '127.0.0.1', port: Number(setting('PORT_SQL')), password: setting('TIDB_APP_PASSWORD') };
}

function externalDatabase(composeFile: string, variable: ReadVariable) {
  const host = variable('EXTERNAL_DATABASE_HOST');
  const password = variable('EXTERNAL_DATABASE_APP_PASSWORD');
  if (host === undefined || password === undefined) {
    throw new SettingsError([
      `COMPOSE_FILE=${composeFile}: TiDB runs elsewhere, and verify writes to the demo's tables. Set EXTERNAL_DATABASE_HOST ` +
        'and EXTERNAL_DATABASE_APP_PASSWORD in .env, and make the tables: docker-compose run --rm migrate-database',
    ]);
  }
  return { host, port: Number(variable('EXTERNAL_DATABASE_PORT') ?? systems.tidb.sql), password };
}

function externalElasticsearch(setting: ReturnType<typeof composeSettings>): string {
  return withLogin(setting('EXTERNAL_ELASTICSEARCH_URL'), {
    username: setting('EXTERNAL_ELASTICSEARCH_TEMPLATES_USERNAME'),
    password: setting('EXTERNAL_ELASTICSEARCH_TEMPLATES_PASSWORD'),
  });
}

/** Names of the variables with the passwords. */
function passwordNames(env: NodeJS.ProcessEnv) {
  const { services } = readComposeFile(composeVariables(env));
  return {
    sql: services.has('tidb') ? 'TIDB_APP_PASSWORD' : 'EXTERNAL_DATABASE_APP_PASSWORD',
    elasticsearch: services.has('elasticsearch') ? 'ELASTIC_PASSWORD' : 'EXTERNAL_ELASTICSEARCH_TEMPLATES_PASSWORD',
  };
}

type SettingName = CredentialName | HostPortName | ExternalSettingName;

/**
 * Reads ports, passwords and addresses as docker-compose does. The function that it returns throws an Error for one that
 * is not set.
 */
export function composeSettings(env: NodeJS.ProcessEnv): (name: SettingName) => string {
  const variable = composeVariables(env);
  return (name) => {
    const value = variable(name);
    if (value === undefined) throw new Error(`${name} is neither in .env nor in the environment`);
    return value;
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { CredentialName, HostPortName } from '@tidb-cdc/charts/pipeline';
import { appUser, database } from '@tidb-cdc/charts/pipeline';
import { repository } from '@tidb-cdc/runtime/repository';
import { waitFor } from '@tidb-cdc/runtime/wait';
import type { SystemAccess, Target } from '../target.ts';
import { checkComplete, RefusedError } from './check-complete.ts';

export interface ComposeTargetOptions {
  /** How long parts may take to start: the first start on a machine pulls their images. */
  readonly startTimeoutMs: number;
  /** Whether to keep waiting after a refused login, which may not be created yet. @default false */
  readonly wait?: boolean;
}

const passwords = {
  sql: 'TIDB_APP_PASSWORD in .env and the environment',
  elasticsearch: 'ELASTIC_PASSWORD in .env and the environment',
};

/** The system that `docker-compose up` runs on this machine, found through `.env` and the environment. */
export function composeTarget(options: ComposeTargetOptions, env: NodeJS.ProcessEnv = process.env): Target {
  return {
    async open(progress) {
      const access = composeAccess(env);
      await waitFor('the system of docker-compose up', () => checkComplete(access, passwords), {
        timeoutMs: options.startTimeoutMs,
        intervalMs: 1_000,
        progress,
        isFinal: (error) => !options.wait && error instanceof RefusedError,
      });
      return access;
    },
  };
}

/** Addresses and logins of the parts that the proof needs. */
export function composeAccess(env: NodeJS.ProcessEnv): SystemAccess {
  const setting = composeSettings(env);
  const elastic = `elastic:${encodeURIComponent(setting('ELASTIC_PASSWORD'))}`;
  return {
    sql: {
      host: '127.0.0.1',
      port: Number(setting('PORT_SQL')),
      user: appUser,
      password: setting('TIDB_APP_PASSWORD'),
      database,
    },
    consumer: `http://127.0.0.1:${setting('PORT_CONSUMER')}`,
    elasticsearch: `http://${elastic}@127.0.0.1:${setting('PORT_ELASTICSEARCH')}`,
    prometheus: `http://127.0.0.1:${setting('PORT_PROMETHEUS')}`,
  };
}

/** Reads ports and passwords as docker-compose does: from the environment, else from `.env`. */
export function composeSettings(env: NodeJS.ProcessEnv): (name: CredentialName | HostPortName) => string {
  const file = parseEnv(readFileSync(join(repository, '.env'), 'utf8'));
  return (name) => {
    const value = env[name] ?? file[name];
    if (value === undefined || value === '') throw new Error(`${name} is neither in .env nor in the environment`);
    return value;
  };
}

import { fetchAnswer, fetchText } from '@tidb-cdc/runtime/http';
import { connect, select } from '@tidb-cdc/runtime/sql';
import type { SystemAccess } from '../target.ts';

/** Where the user finds the passwords of these parts. */
export interface PasswordPlaces {
  readonly sql: string;
  readonly elasticsearch: string;
}

/** A refused login or permission. Waiting helps only while the system is being set up. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

const refusals = new Set(['ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR']);

/**
 * Returns when all parts that the proof needs respond.
 * @throws RefusedError when one refuses the login, naming the setting to check
 * @throws Error naming what is missing
 */
export async function checkComplete(access: SystemAccess, passwords: PasswordPlaces): Promise<void> {
  await checkDatabase(access, passwords.sql);
  await checkElasticsearch(access.elasticsearch, passwords.elasticsearch);
  await fetchText(`${access.prometheus}/-/ready`);
  await fetchText(`${access.consumer}/readyz`);
}

async function checkDatabase({ sql }: SystemAccess, place: string): Promise<void> {
  try {
    const connection = await connect(sql);
    try {
      await select(connection, 'SELECT 1');
    } finally {
      await connection.end();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !refusals.has(code)) throw error;
    const where = `the database at ${sql.host}:${sql.port}`;
    const remedy = 'another server may use this port, or the user may not exist yet: --wait waits for it';
    throw new RefusedError(`${where} refuses ${sql.user}: ${message}. Check ${place}; ${remedy}`, { cause: error });
  }
}

/**
 * Returns when Elasticsearch responds at this base URL.
 * @throws RefusedError when it refuses the login, naming `place`
 */
export async function checkElasticsearch(url: string, place: string): Promise<void> {
  const health = `${url}/_cluster/health`;
  const { status } = await fetchAnswer(health);
  if (status === 401 || status === 403) {
    const { host, username } = new URL(url);
    throw new RefusedError(`Elasticsearch at ${host} refuses ${username || 'a request'}: ${status}. Check ${place}`);
  }
  await fetchText(health);
}

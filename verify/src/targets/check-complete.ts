import { connect, select } from '@tidb-cdc/jobs/sql';
import { fetchText } from '@tidb-cdc/runtime/http';
import type { SystemAccess } from '../target.ts';

/**
 * Returns once all parts that take part in the proof answer.
 * @throws Error that says what is missing
 */
export async function checkComplete(access: SystemAccess): Promise<void> {
  const connection = await connect(access.sql);
  try {
    await select(connection, 'SELECT 1');
  } finally {
    await connection.end();
  }
  await fetchText(`${access.elasticsearch}/_cluster/health`);
  await fetchText(`${access.prometheus}/-/ready`);
  await fetchText(`${access.consumer}/readyz`);
}

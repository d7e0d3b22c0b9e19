import { fetchText } from '../clients/http.ts';
import { connect, select } from '../clients/sql.ts';
import type { SystemAccess } from '../target.ts';

/** Throws, saying what is missing, until all parts that take part in the proof answer. */
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

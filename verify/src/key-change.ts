import { select } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';

/** How a change of a row's primary key arrives: TiCDC splits it into two events, Canal does not. */
export type KeyChange = 'update' | 'delete and insert';

/** Asks the database which capture reads its changes: TiCDC for TiDB, Canal for any other. */
export async function keyChangeOf(connection: Connection): Promise<KeyChange> {
  const [row] = await select(connection, 'SELECT VERSION() AS version');
  return row?.version?.toString().includes('TiDB') ? 'delete and insert' : 'update';
}

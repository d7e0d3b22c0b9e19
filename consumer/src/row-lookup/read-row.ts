import { type RawRow, select } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import type { RowChange, RowImage } from '../protocols/message.ts';
import { type Column, columnsStatement, rowStatement, valueText } from './columns.ts';

/** A row that the database does not have as of its commit, or no longer has. */
export class RowGoneError extends Error {
  override readonly name = 'RowGoneError';
}

export type Images = Pick<RowChange, 'data' | 'old'>;

/**
 * Reads the images of a cut change: the row as of its commit; for an update also the row just before; for a delete only
 * the row just before.
 * @param change with a commitTs; its `data` has the key's columns
 * @throws RowGoneError, and errors of the database
 */
export async function readImages(connection: Connection, change: RowChange): Promise<Images> {
  const { operation, commitTs = '' } = change;
  const commit = BigInt(commitTs);
  // Another mode could make backslashes in texts literal, and pad a CHAR with spaces.
  await connection.query("SET sql_mode = ''");
  if (operation === 'delete') return { data: await readImage(connection, change, commit - 1n) };
  const data = await readImage(connection, change, commit);
  return operation === 'insert' ? { data } : { data, old: await readImage(connection, change, commit - 1n) };
}

/** Reads the row as of a TSO. A time instead has only milliseconds, and would miss the commit or see a later one. */
async function readImage(
  connection: Connection,
  { schema, table, data: key }: RowChange,
  tso: bigint,
): Promise<RowImage> {
  await connection.query(`SET @@tidb_snapshot = '${tso}'`);
  const columns = await columnsOf(connection, schema, table);
  const missing = Object.keys(key).find((name) => !columns.some((column) => column.name === name));
  if (missing !== undefined) throw new RowGoneError(`the table has no column ${missing}`);
  const [row] = await select(connection, rowStatement(schema, table, columns, key));
  if (row === undefined) throw new RowGoneError(`there is no such row as of ${tso}`);
  const image = imageOf(row, columns);
  const other = Object.keys(key).find((name) => image[name] !== key[name]);
  if (other !== undefined) throw new RowGoneError(`the row found as of ${tso} has another ${other}`);
  return image;
}

/** Returns the columns that TiCDC sends: all but the virtual ones. */
async function columnsOf(connection: Connection, schema: string, table: string): Promise<Column[]> {
  const rows = await select(connection, columnsStatement(schema, table));
  const columns = rows.map(({ Field: name, Type: type, Extra: extra }) => ({
    name: String(name),
    type: String(type),
    isVirtual: /virtual generated/i.test(String(extra)),
  }));
  return columns.filter(({ isVirtual }) => !isVirtual);
}

function imageOf(row: RawRow, columns: readonly Column[]): RowImage {
  return Object.fromEntries(
    columns.map((column, place) => {
      const bytes = row[`c${place}`] ?? null;
      return [column.name, bytes === null ? null : valueText(column, bytes)];
    }),
  );
}

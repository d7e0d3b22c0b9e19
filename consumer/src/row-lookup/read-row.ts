import { type RawRow, select } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import type { RowChange, RowImage } from '../protocols/message.ts';
import { type Column, columnsStatement, rowStatement, valueText } from './columns.ts';

/** A row that the database does not have as of its commit, or not any more. */
export class RowGoneError extends Error {
  override readonly name = 'RowGoneError';
}

export type Images = Pick<RowChange, 'data' | 'old'>;

/**
 * The images of a change that was cut: the row as of its commit, of an update also as of the moment before, of a delete
 * only that.
 * @param change with a commit time; its `data` has the key's columns
 * @throws RowGoneError, and what the database says
 */
export async function readImages(connection: Connection, change: RowChange): Promise<Images> {
  const { operation, commitTs = '' } = change;
  const commit = BigInt(commitTs);
  // It could let backslashes in texts stand for themselves, and spaces follow a CHAR.
  await connection.query("SET sql_mode = ''");
  if (operation === 'delete') return { data: await readImage(connection, change, commit - 1n) };
  const data = await readImage(connection, change, commit);
  return operation === 'insert' ? { data } : { data, old: await readImage(connection, change, commit - 1n) };
}

/** The row as of a TSO: a time in its place has milliseconds only, and would miss the commit or see a later one. */
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

/** The columns that TiCDC sends: all but the virtual ones. */
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

import { type Connection, createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

/** Where a database answers and as whom. */
export interface SqlAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A value as a statement's parameter; 64-bit numbers as text or bigint, binary values as Buffer. */
export type SqlValue = string | number | bigint | Buffer | null;

/** A row as raw bytes: each column's text, or the bytes of a binary one; NULL as null. */
export type RawRow = Readonly<Record<string, Buffer | null>>;

/** Opens a connection, on which `affectedRows` counts rows that changed, not those that matched; the caller ends it. */
export function connect(access: SqlAccess): Promise<Connection> {
  return createConnection({ ...access, charset: 'utf8mb4', timezone: 'Z', flags: ['-FOUND_ROWS'] });
}

/** Runs a statement that changes rows and tells what it did. */
export async function change(
  connection: Connection,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<ResultSetHeader> {
  const [result] = await connection.query<ResultSetHeader>(sql, [...values]);
  return result;
}

/** Rows as the server prints them: no conversion can hide a difference. */
export async function select(
  connection: Connection,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<readonly RawRow[]> {
  const [rows] = await connection.query<RowDataPacket[]>({
    sql,
    values: [...values],
    typeCast: (field) => field.buffer(),
  });
  return rows;
}

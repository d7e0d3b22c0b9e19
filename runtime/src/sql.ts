import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise';

/** Address of a database, and the login for it. */
export interface SqlAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** the connection's initial database */
  readonly database?: string;
  /** For an encrypted connection; `host` must be a name in the server's certificate. */
  readonly tls?: {
    /** PEM text of the certificate authority. @default the public ones */
    readonly ca?: string;
  };
}

const connectTimeout = 5_000;

/** `multipleStatements` lets one query be a whole file of statements. */
export type ConnectOptions = Pick<ConnectionOptions, 'multipleStatements'>;

/** A value as a statement's parameter; 64-bit numbers as text or bigint, binary values as Buffer. */
export type SqlValue = string | number | bigint | Buffer | null;

/** A row as raw bytes: each column's text, or the bytes of a binary one; NULL as null. */
export type RawRow = Readonly<Record<string, Buffer | null>>;

/**
 * Opens a connection, in utf8mb4 and UTC.
 * An UPDATE's `affectedRows` counts the rows that changed, not those found: an unchanged row makes no event.
 */
export async function connect({ tls, ...access }: SqlAccess, options: ConnectOptions = {}): Promise<Connection> {
  const connection = await createConnection({
    ...access,
    ...options,
    ...(tls !== undefined && { ssl: { ...tls, verifyIdentity: true } }),
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout,
    flags: ['-FOUND_ROWS'],
  });
  try {
    await connection.query({ sql: "SET time_zone = '+00:00'", timeout: connectTimeout });
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Closes a connection; an open transaction is rolled back by the server. */
export async function close(connection: Connection): Promise<void> {
  try {
    await connection.end();
  } catch {
    // it was already broken, and its user has seen that error
    connection.destroy();
  }
}

/** Runs a statement that changes rows and returns what it did. */
export async function change(
  connection: Connection,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<ResultSetHeader> {
  const [result] = await connection.query<ResultSetHeader>(sql, [...values]);
  return result;
}

/** Returns rows as the server prints them: no conversion can hide a difference. */
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

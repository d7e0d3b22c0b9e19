import mysql, { type Connection, type FieldPacket, type ResultSetHeader } from 'mysql2';
import type { SqlAnswer } from './contract.ts';
import { cut } from './cut.ts';
import { databaseError } from './sql-errors.ts';
import type { SqlAccess } from './system.ts';

/** Rows per answer. */
export const maxRows = 100;
/** Longest time of a statement, in seconds; the database itself then ends it. */
const maxSeconds = 10;
/** MariaDB executes the first comment, TiDB the second. In TiDB the limit applies to reading statements only. */
export const boundStatements = `SET SESSION /*M! max_statement_time = ${maxSeconds} */ /*T! max_execution_time = ${maxSeconds * 1000} */`;

type RawRow = (Buffer | null)[];
/** MySQL's id of the character set "binary". */
const binary = 63;

/**
 * Runs one statement as the application's user, on its own connection, so that nothing (a transaction, a session
 * variable) outlives it.
 * @throws ConsoleError 400 with the database's message when it refuses the statement, 503 when it cannot be reached
 */
export async function runStatement(sql: string, endpoint: SqlAccess): Promise<SqlAnswer> {
  const connection = connect(endpoint);
  try {
    await connection.promise().query(boundStatements);
    return await collect(connection, sql);
  } catch (error) {
    throw databaseError(error, endpoint, sql);
  } finally {
    // Not end(): rows of a large result may still arrive, and nobody reads them.
    connection.destroy();
  }
}

/** Opens a connection as the application's user: one statement per query, no LOAD DATA LOCAL of local files. */
export function connect(endpoint: SqlAccess): Connection {
  return mysql.createConnection({
    host: endpoint.host,
    port: endpoint.port,
    user: endpoint.appUser,
    password: endpoint.appPassword,
    database: endpoint.database,
    charset: 'utf8mb4',
    connectTimeout: 3000,
    supportBigNumbers: true,
    bigNumberStrings: true,
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
  });
}

/** Streams rows, so that a table of any size costs no more than the rows shown. */
function collect(connection: Connection, sql: string): Promise<SqlAnswer> {
  const started = performance.now();
  const taken = () => Math.round(performance.now() - started);
  return new Promise((resolve, reject) => {
    let fields: FieldPacket[] | undefined;
    const rows: (string | null)[][] = [];
    const answer = (more: boolean): SqlAnswer => {
      const columns = (fields ?? []).map(({ name }) => name);
      return { kind: 'rows', columns, rows, more, milliseconds: taken() };
    };
    connection.on('error', reject);
    // The database itself ends a long statement. This limit is for a database that no longer responds.
    const timeout = (maxSeconds + 2) * 1000;
    connection
      .query({ sql, timeout, rowsAsArray: true, typeCast: (field) => field.buffer() })
      .on('error', reject)
      .on('fields', (packets: FieldPacket[] | undefined) => {
        fields ??= packets;
      })
      .on('result', (result: RawRow | ResultSetHeader) => {
        // A procedure sends a header after its rows. The answer is then the rows.
        if (!Array.isArray(result)) return resolve(fields === undefined ? done(result, taken()) : answer(false));
        if (rows.length === maxRows) return resolve(answer(true));
        rows.push(result.map((value, index) => asText(value, fields?.[index])));
      })
      .on('end', () => resolve(answer(false)));
  });
}

function done(header: ResultSetHeader, milliseconds: number): SqlAnswer {
  return { kind: 'done', affectedRows: header.affectedRows, info: header.info.trim(), milliseconds };
}

/** Formats a value like a SQL client: text as it is, binary strings in hexadecimal. */
function asText(value: Buffer | null, field: FieldPacket | undefined): string | null {
  if (value === null) return null;
  const { VARCHAR, BIT, TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, VAR_STRING, STRING, GEOMETRY } = mysql.Types;
  const strings: unknown[] = [VARCHAR, BIT, TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, VAR_STRING, STRING, GEOMETRY];
  const isBinary = field?.characterSet === binary && strings.includes(field.columnType);
  return cut(isBinary ? `0x${value.toString('hex')}` : value.toString('utf8'));
}

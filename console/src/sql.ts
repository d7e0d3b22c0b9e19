import mysql, { type Connection, type FieldPacket, type ResultSetHeader } from 'mysql2';
import type { SqlAnswer } from './contract.ts';
import { cut } from './cut.ts';
import { databaseError } from './sql-errors.ts';
import type { SqlAccess } from './system.ts';

/** Rows of one answer. */
export const maxRows = 100;
/** A statement may take this long, in seconds; the database itself ends it then. */
const maxSeconds = 10;
/** MariaDB takes the one comment for code, TiDB the other, where the bound counts for what reads. */
export const boundStatements = `SET SESSION /*M! max_statement_time = ${maxSeconds} */ /*T! max_execution_time = ${maxSeconds * 1000} */`;

type RawRow = (Buffer | null)[];
/** MySQL's number of the character set "binary". */
const binary = 63;

/**
 * Runs one statement as the application's user, on a connection of its own, so that nothing of it (a transaction, a
 * session variable) outlives it.
 * @throws ConsoleError: 400 in the database's own words where it refuses the statement, 503 where it cannot be reached
 */
export async function runStatement(sql: string, endpoint: SqlAccess): Promise<SqlAnswer> {
  const connection = connect(endpoint);
  try {
    await connection.promise().query(boundStatements);
    return await collect(connection, sql);
  } catch (error) {
    throw databaseError(error, endpoint, sql);
  } finally {
    // Not end(): rows of a large result may still be on their way, and nobody reads them.
    connection.destroy();
  }
}

/** Opens a connection of the application's user: one statement a call, and no file of this machine is sent. */
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

/** Reads rows as they come, so that a table of any size costs no more than what is shown. */
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
    // The database ends a statement by itself; this bound is for a database that no longer answers.
    const timeout = (maxSeconds + 2) * 1000;
    connection
      .query({ sql, timeout, rowsAsArray: true, typeCast: (field) => field.buffer() })
      .on('error', reject)
      .on('fields', (packets: FieldPacket[] | undefined) => {
        fields ??= packets;
      })
      .on('result', (result: RawRow | ResultSetHeader) => {
        // A procedure ends with a header after its rows; the rows are the answer then.
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

/** A value as a SQL client prints it: text as it is, binary strings in hexadecimal. */
function asText(value: Buffer | null, field: FieldPacket | undefined): string | null {
  if (value === null) return null;
  const { VARCHAR, BIT, TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, VAR_STRING, STRING, GEOMETRY } = mysql.Types;
  const strings: unknown[] = [VARCHAR, BIT, TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, VAR_STRING, STRING, GEOMETRY];
  const isBinary = field?.characterSet === binary && strings.includes(field.columnType);
  return cut(isBinary ? `0x${value.toString('hex')}` : value.toString('utf8'));
}

import type { ErrorAnswer } from './contract.ts';
import { ConsoleError } from './errors.ts';
import type { SqlAccess } from './system.ts';

/** The fields of mysql2's errors that are used here. */
interface SqlError extends Error {
  /** Name of the error; absent for errors that only MariaDB has, since mysql2 knows MySQL's names. */
  code?: string;
  /** The database's error number. */
  errno?: number;
  /** Present only when the database itself reported the error. */
  sqlState?: string;
  /** The connection is unusable: if the database reported the error, it refused to connect. */
  fatal?: boolean;
}

/** The user lacks a permission: for a schema, a table, a column, a routine, or globally. */
const missingRights = [1044, 1045, 1142, 1143, 1227, 1370];
/** No such user, no such schema. */
const notSetUp = [1044, 1045, 1049];
/** MariaDB's number, and TiDB's. */
const statementTimeouts = [1969, 3024];
const parseError = 1064;

/**
 * Converts an error of mysql2 into one for the page: 400 with the database's message and code when it refused the
 * statement, 503 when it did not respond or is not set up yet. Returns any other error unchanged.
 */
export function databaseError(error: unknown, endpoint: SqlAccess, sql: string): unknown {
  if (error instanceof ConsoleError || !isSqlError(error)) return error;
  const { message, code, errno = 0, sqlState, fatal = false } = error;
  if (sqlState === undefined) {
    const remedy = 'The pipeline on the page shows its state. Try again when it is ready.';
    return new ConsoleError(503, { error: `The database does not answer (${code}).`, remedy }, error);
  }
  const answer: ErrorAnswer = { error: message, code: code ?? `ERROR ${errno}` };
  if (fatal && notSetUp.includes(errno)) {
    const remedy = `The schema and the user ${endpoint.appUser} are created when the system starts. Try again in a moment.`;
    return new ConsoleError(503, { ...answer, remedy }, error);
  }
  const remedy = remedyFor(errno, endpoint, sql);
  return new ConsoleError(400, remedy === undefined ? answer : { ...answer, remedy }, error);
}

function isSqlError(error: unknown): error is SqlError {
  return error instanceof Error && ('sqlState' in error || ('code' in error && typeof error.code === 'string'));
}

function remedyFor(errno: number, endpoint: SqlAccess, sql: string): string | undefined {
  const { appUser, rootClient } = endpoint;
  if (missingRights.includes(errno)) {
    const remedy = `This box runs as ${appUser}, which may only read and write rows.`;
    return rootClient === undefined ? remedy : `${remedy} To do more, connect as root: ${rootClient}`;
  }
  if (statementTimeouts.includes(errno)) return 'A statement on this page may take at most 10 seconds.';
  if (errno === parseError && /;\s*\S/.test(sql)) return 'This box runs one statement at a time.';
  return undefined;
}

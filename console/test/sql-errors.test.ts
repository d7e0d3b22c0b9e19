import { describe, expect, it as test } from 'vitest';
import { ConsoleError } from '../src/errors.ts';
import { databaseError } from '../src/sql-errors.ts';

const endpoint = {
  host: '127.0.0.1',
  port: 4000,
  appUser: 'shop_app',
  appPassword: 'secret',
  database: 'shop',
  rootClient: 'mysql -h 127.0.0.1 -P 4000 -u root shop',
} as const;

/** Converts an error with these fields of mysql2. */
function sqlError(fields: object, sql = ''): ConsoleError {
  const error = databaseError(Object.assign(new Error('the words of the database'), fields), endpoint, sql);
  if (!(error instanceof ConsoleError)) throw new Error('not an error for the page', { cause: error });
  return error;
}

describe('databaseError', () => {
  test("gives the database's own words and code", () => {
    const { status, answer } = sqlError({ code: 'ER_NO_SUCH_TABLE', errno: 1146, sqlState: '42S02' });
    expect(status).toBe(400);
    expect(answer).toEqual({ error: 'the words of the database', code: 'ER_NO_SUCH_TABLE' });
  });

  test('gives the number of an error whose name mysql2 does not know', () => {
    expect(sqlError({ code: undefined, errno: 4166, sqlState: 'HY000' }).answer.code).toBe('ERROR 4166');
  });

  test.each([1044, 1045, 1142, 1143, 1227, 1370])('says how to get the right that error %i misses', (errno) => {
    const { status, answer } = sqlError({ code: 'ER_X', errno, sqlState: '42000' });
    expect(status).toBe(400);
    expect(answer.remedy).toBe(
      'This box runs as shop_app, which may only read and write rows. To do more, connect as root: mysql -h 127.0.0.1 -P 4000 -u root shop',
    );
  });

  test('names the bound of time', () => {
    expect(sqlError({ errno: 1969, sqlState: '70100' }).answer.remedy).toMatch(/10 seconds/);
  });

  test('says that it runs one statement, only where there are several', () => {
    const error = { code: 'ER_PARSE_ERROR', errno: 1064, sqlState: '42000' };
    expect(sqlError(error, 'SELECT 1; SELECT 2').answer.remedy).toMatch(/one statement/);
    expect(sqlError(error, 'SELEC 1;').answer.remedy).toBeUndefined();
  });

  test('tells a database that is not set up yet from missing rights', () => {
    const { status, answer } = sqlError({
      code: 'ER_ACCESS_DENIED_ERROR',
      errno: 1045,
      sqlState: '28000',
      fatal: true,
    });
    expect(status).toBe(503);
    expect(answer.remedy).toMatch(/created when the system starts/);
  });

  test('says that the database does not answer', () => {
    const { status, answer } = sqlError({ code: 'ECONNREFUSED', fatal: true });
    expect(status).toBe(503);
    expect(answer.error).toBe('The database does not answer (ECONNREFUSED).');
  });

  test('leaves a fault of the console as it is, and an error that is for the page already', () => {
    const fault = new TypeError('x is undefined');
    const answered = new ConsoleError(409, { error: 'There is no demo order to update.' });
    expect(databaseError(fault, endpoint, '')).toBe(fault);
    expect(databaseError(answered, endpoint, '')).toBe(answered);
  });

  test('never tells the password', () => {
    expect(JSON.stringify(sqlError({ errno: 1142, sqlState: '42000' }).answer)).not.toContain('secret');
  });
});

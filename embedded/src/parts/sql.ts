import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { host } from './part.ts';

const boundMs = 2_000;

/**
 * Runs one statement as root and returns its rows.
 * @throws Error when the statement fails, or the database does not answer within 2 s
 */
export async function queryAsRoot(port: number, statement: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ host, port, user: 'root', connectTimeout: boundMs });
  try {
    const [rows] = await connection.query<RowDataPacket[]>({ sql: statement, timeout: boundMs });
    return rows;
  } finally {
    connection.destroy();
  }
}

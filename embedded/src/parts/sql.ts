import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { host } from './part.ts';

const boundMs = 2_000;

/**
 * Rows of one statement, as root.
 * @throws Error where the database does not answer within 2 s
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

import { oneOf, port } from '@tidb-cdc/runtime/environment';
import { appUser, database, databasePort } from '@tidb-cdc/runtime/names';
import { type ConnectOptions, close, connect } from '@tidb-cdc/runtime/sql';
import { type WaitOptions, waitFor } from '@tidb-cdc/runtime/wait';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { z } from 'zod';
import { type ShopTable, shopTables } from './shop/tables.ts';

/** Settings of the database's address and name. */
export const databaseSettings = {
  DATABASE_HOST: z.string().default('127.0.0.1'),
  DATABASE_PORT: port.default(databasePort),
  // in a GRANT, _ and % in a database name would be wildcards
  DATABASE_NAME: z
    .string()
    .regex(/^[a-z][a-z0-9]*$/, { error: 'must be lower-case letters and digits, beginning with a letter' })
    .default(database),
};

/** An account name. It appears in SQL statements, as a value, and in log lines. */
export const userName = z
  .string({ error: 'must be the name of a database account' })
  .regex(/^[a-zA-Z][a-zA-Z0-9_]{0,31}$/, {
    error: 'must be at most 32 letters, digits and _, beginning with a letter',
  });

/** Settings of the application's account, which has only the rights to change rows. */
export const applicationSettings = {
  DATABASE_APP_USER: userName.default(appUser),
  DATABASE_APP_PASSWORD: z.string({ error: 'must be the password of the application account' }),
};

/** With `off`, the jobs that create the demo's tables and rows do nothing. */
export const demoSettings = { DEMO: oneOf(['on', 'off']).default('on') };

/** Settings of a job that works on the shop's rows. */
export type ShopSettings = z.infer<z.ZodObject<typeof databaseSettings & typeof applicationSettings>>;

/** Opens a connection as the application, once it can read the shop's tables. */
export async function connectToShop(
  settings: ShopSettings,
  wait: WaitOptions,
  options: ConnectOptions = {},
): Promise<Connection> {
  const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_NAME: database, DATABASE_APP_USER: user } = settings;
  return waitFor(
    `the tables of ${database} at ${host}:${port} as ${user}`,
    async () => {
      const access = { host, port, user, password: settings.DATABASE_APP_PASSWORD, database };
      const connection = await connect(access, options);
      try {
        await countRows(connection);
        return connection;
      } catch (error) {
        await close(connection);
        throw error;
      }
    },
    wait,
  );
}

/** Returns the number of rows in each table of the shop. */
export async function countRows(connection: Connection): Promise<Record<ShopTable, number>> {
  const counts = shopTables.map((table) => `(SELECT COUNT(*) FROM ${table}) AS ${table}`).join(', ');
  const [rows] = await connection.query<(RowDataPacket & Record<ShopTable, number>)[]>(`SELECT ${counts}`);
  const [row] = rows;
  if (row === undefined) throw new Error('the database returned no row for a count');
  return { customers: row.customers, products: row.products, orders: row.orders, order_items: row.order_items };
}

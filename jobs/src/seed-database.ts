import { fileURLToPath } from 'node:url';
import type { Logger } from '@tidb-cdc/runtime/log';
import { close } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { applicationSettings, connectToShop, countRows, databaseSettings, demoSettings } from './database.ts';
import { readFileSetting, runJob, waitOptions, waitSettings } from './job.ts';
import { type ShopTable, shopTables } from './shop/tables.ts';

/** Settings of seed-database. */
export const seedDatabaseSettings = z.object({
  ...databaseSettings,
  ...applicationSettings,
  ...demoSettings,
  ...waitSettings,
  SEED_FILE: z.string().default(fileURLToPath(new URL('../../database/seed.sql', import.meta.url))),
});
export type SeedDatabaseSettings = z.infer<typeof seedDatabaseSettings>;

/** Rows per table after the run, and whether this run inserted them. */
export interface SeedResult {
  readonly seeded: boolean;
  readonly rows: Readonly<Record<ShopTable, number>>;
}

/**
 * Inserts the rows of `seed.sql` in one transaction, as the application's account, if all four tables are empty.
 * Otherwise it changes nothing. Of two concurrent runs one succeeds: the ids are explicit, so the other gets a
 * duplicate-key error, rolls back, and reports the tables as it finds them.
 */
export async function seedDatabase(settings: SeedDatabaseSettings, log: Logger): Promise<SeedResult> {
  const sql = await readFileSetting('SEED_FILE', settings.SEED_FILE);
  const connection = await connectToShop(settings, waitOptions(settings, log), { multipleStatements: true });
  try {
    const found = await countRows(connection);
    const seeded = isEmpty(found) && (await insertAll(connection, sql));
    const rows = isEmpty(found) ? await countRows(connection) : found;
    log.info(`${settings.DATABASE_NAME} ${seeded ? 'seeded' : 'already has rows, not seeded'}: ${describe(rows)}`);
    return { seeded, rows };
  } finally {
    await close(connection);
  }
}

async function insertAll(connection: Connection, sql: string): Promise<boolean> {
  await connection.beginTransaction();
  try {
    await connection.query(sql);
    await connection.commit();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ER_DUP_ENTRY') throw error;
    await connection.rollback();
    return false;
  }
}

function isEmpty(rows: Readonly<Record<ShopTable, number>>): boolean {
  return shopTables.every((table) => rows[table] === 0);
}

function describe(rows: Readonly<Record<ShopTable, number>>): string {
  return shopTables.map((table) => `${table} ${rows[table]}`).join(', ');
}

await runJob(import.meta.url, seedDatabaseSettings, async (settings, log) => {
  if (settings.DEMO === 'off') log.info('DEMO=off: inserting no rows');
  else await seedDatabase(settings, log);
});

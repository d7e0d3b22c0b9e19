import { fileURLToPath } from 'node:url';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import type { Logger } from '@tidb-cdc/runtime/log';
import { close, connect } from '@tidb-cdc/runtime/sql';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { z } from 'zod';
import { applicationSettings, databaseSettings, demoSettings, userName } from './database.ts';
import { runJob, waitOptions, waitSettings } from './job.ts';
import { applyMigrations, pendingMigrations, readApplied, readMigrations } from './migrations.ts';

/** Settings of migrate-database. It creates the replication account only when both of its settings are given. */
export const migrateDatabaseSettings = z.object({
  ...databaseSettings,
  ...applicationSettings,
  ...demoSettings,
  ...waitSettings,
  DATABASE_ADMIN_USER: userName.default('root'),
  DATABASE_ADMIN_PASSWORD: z.string().default(''),
  DATABASE_CDC_USER: userName.optional(),
  DATABASE_CDC_PASSWORD: z.string().optional(),
  MIGRATIONS_DIR: z.string().default(fileURLToPath(new URL('../../database/migrations', import.meta.url))),
});
export type MigrateDatabaseSettings = z.infer<typeof migrateDatabaseSettings>;

/** What a run did. */
export interface MigrationResult {
  /** names of the migrations that this run applied; empty when none was pending */
  readonly applied: readonly string[];
}

/**
 * Applies the pending migrations of database/migrations, and sets up the accounts of the application and of change
 * capture. Waits for another run to end. Each migration is applied once, so a second run changes no table.
 *
 * @throws Error naming the file and the remedy when an applied migration has changed or is unknown, or when one fails
 */
export async function migrateDatabase(settings: MigrateDatabaseSettings, log: Logger): Promise<MigrationResult> {
  const accounts = wantedAccounts(settings);
  const migrations = await readMigrations(settings.MIGRATIONS_DIR);
  const { DATABASE_NAME: database } = settings;
  const wait = waitOptions(settings, log);
  const address = `${settings.DATABASE_HOST}:${settings.DATABASE_PORT}`;
  const admin = await waitFor(`SQL at ${address}`, () => connectAsAdmin(settings), wait);
  try {
    // The lock ends with the connection.
    await waitFor(`another migrate-database of ${database} to end`, () => takeLock(admin, database), wait);
    const pending = pendingMigrations(migrations, await readApplied(admin, database));
    if (pending.length > 0) await applyMigrations(admin, database, pending);
    for (const account of accounts) await ensureAccount(admin, account);
    const applied = pending.map(({ name }) => name);
    log.info(`database ${database}: ${applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`}`);
    return { applied };
  } finally {
    await close(admin);
  }
}

async function connectAsAdmin(settings: MigrateDatabaseSettings): Promise<Connection> {
  const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_ADMIN_USER: user } = settings;
  try {
    const access = { host, port, user, password: settings.DATABASE_ADMIN_PASSWORD };
    return await connect(access, { multipleStatements: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ER_ACCESS_DENIED_ERROR') throw error;
    const remedy = 'check DATABASE_ADMIN_USER and DATABASE_ADMIN_PASSWORD';
    throw new FinalError(`SQL at ${host}:${port} refuses ${user}: ${(error as Error).message}. Remedy: ${remedy}`);
  }
}

async function takeLock(admin: Connection, database: string): Promise<void> {
  const name = `migrate-database ${database}`;
  const [rows] = await admin.query<(RowDataPacket & { taken: number | null })[]>('SELECT GET_LOCK(?, 1) AS taken', [
    name,
  ]);
  if (rows[0]?.taken !== 1) throw new Error(`it holds the lock '${name}'`);
}

/** An account that may log in from any host: TiDB and its clients run in separate containers. */
interface Account {
  readonly user: string;
  readonly password: string;
  /** `<privileges> ON <level>`, as in a GRANT statement */
  readonly grants: readonly string[];
}

function wantedAccounts(settings: MigrateDatabaseSettings): readonly Account[] {
  const tables = `\`${settings.DATABASE_NAME}\`.*`;
  const application: Account = {
    user: settings.DATABASE_APP_USER,
    password: settings.DATABASE_APP_PASSWORD,
    grants: [`SELECT, INSERT, UPDATE, DELETE ON ${tables}`],
  };
  const { DATABASE_CDC_USER: user, DATABASE_CDC_PASSWORD: password } = settings;
  if (user === undefined && password === undefined) return [application];
  if (user === undefined || password === undefined) {
    const unset = user === undefined ? 'DATABASE_CDC_USER' : 'DATABASE_CDC_PASSWORD';
    throw new SettingsError([`${unset} is not set: DATABASE_CDC_USER and DATABASE_CDC_PASSWORD go together`]);
  }
  // to read the binlog and the definitions of the shop's tables
  const grants = ['REPLICATION SLAVE, REPLICATION CLIENT ON *.*', `SELECT ON ${tables}`];
  return [application, { user, password, grants }];
}

/** Creates an account if it is missing, and sets its password and rights. Never revokes a right. */
async function ensureAccount(admin: Connection, { user, password, grants }: Account): Promise<void> {
  try {
    await admin.query("CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?", [user, password]);
    await admin.query("ALTER USER ?@'%' IDENTIFIED BY ?", [user, password]);
    for (const grant of grants) await admin.query(`GRANT ${grant} TO ?@'%'`, [user]);
  } catch (error) {
    // Without the error as its cause: mysql2's error carries the statement, which contains the password.
    throw new Error(`cannot set up the database user ${user}: ${(error as Error).message}`);
  }
}

await runJob(import.meta.url, migrateDatabaseSettings, async (settings, log) => {
  if (settings.DEMO === 'off') log.info('DEMO=off: creating no tables and no user');
  else await migrateDatabase(settings, log);
});

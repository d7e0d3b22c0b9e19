import { fileURLToPath } from 'node:url';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import type { Logger } from '@tidb-cdc/runtime/log';
import { waitFor } from '@tidb-cdc/runtime/wait';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { applicationSettings, close, connect, type DatabaseAddress, databaseSettings, userName } from './database.ts';
import { ensureUser } from './database-user.ts';
import { readExistingTables } from './existing-tables.ts';
import type { Grant } from './grants.ts';
import { readFileOf, runJob, waitOptions, waitSettings } from './job.ts';
import { splitSql } from './sql-text.ts';
import { compareTables, parseCreateTable, type TableDefinition } from './table-definition.ts';

/** Settings of migrate-database. The replication account is made only where both of its settings are given. */
export const migrateDatabaseSettings = z.object({
  ...databaseSettings,
  ...applicationSettings,
  ...waitSettings,
  DATABASE_ADMIN_USER: userName.default('root'),
  DATABASE_ADMIN_PASSWORD: z.string().default(''),
  DATABASE_CDC_USER: userName.optional(),
  DATABASE_CDC_PASSWORD: z.string().optional(),
  SCHEMA_FILE: z.string().default(fileURLToPath(new URL('../../database/schema.sql', import.meta.url))),
});
export type MigrateDatabaseSettings = z.infer<typeof migrateDatabaseSettings>;

/** What a run changed, a phrase each; empty where everything was in place. */
export interface MigrationResult {
  readonly done: readonly string[];
}

/**
 * Brings the database to what `schema.sql` says: database, missing tables, the application's account.
 * Existing tables are compared, never altered. Runs nothing that would change nothing, so a repeat leaves no trace.
 *
 * @throws Error naming table and column where an existing table conflicts with the schema
 */
export async function migrateDatabase(settings: MigrateDatabaseSettings, log: Logger): Promise<MigrationResult> {
  const accounts = wantedAccounts(settings);
  const schema = await readSchema(settings.SCHEMA_FILE);
  const address = { host: settings.DATABASE_HOST, port: settings.DATABASE_PORT };
  const admin = await connectAsAdmin(settings, address, log);
  try {
    const done = await ensureTables(admin, settings.DATABASE_NAME, schema, log);
    for (const { account, grants } of accounts) done.push(...(await ensureUser(admin, address, account, grants)));
    log.info(done.length === 0 ? `database ${settings.DATABASE_NAME}: nothing to do` : done.join('; '));
    return { done };
  } finally {
    await close(admin);
  }
}

async function connectAsAdmin(settings: MigrateDatabaseSettings, address: DatabaseAddress, log: Logger) {
  const { DATABASE_ADMIN_USER: user, DATABASE_ADMIN_PASSWORD: password } = settings;
  const what = `SQL at ${address.host}:${address.port}`;
  const wait = { ...waitOptions(settings, log), isFinal: isAccessDenied };
  try {
    return await waitFor(what, () => connect(address, { user, password }), wait);
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    const remedy = 'check DATABASE_ADMIN_USER and DATABASE_ADMIN_PASSWORD';
    throw new Error(`${what} refuses ${user}: ${(error as Error).message}. Remedy: ${remedy}`);
  }
}

interface SchemaTable {
  readonly statement: string;
  readonly definition: TableDefinition;
}

async function readSchema(path: string): Promise<SchemaTable[]> {
  const text = await readFileOf('SCHEMA_FILE', path);
  try {
    return splitSql(text, ';').map((statement) => ({ statement, definition: parseCreateTable(statement) }));
  } catch (error) {
    throw new SettingsError([`SCHEMA_FILE=${path}: ${(error as Error).message}`]);
  }
}

async function ensureTables(
  admin: Connection,
  database: string,
  schema: SchemaTable[],
  log: Logger,
): Promise<string[]> {
  const existing = await readExistingTables(admin, database);
  const differences = schema.flatMap(({ definition }) => {
    const found = existing?.find(({ table }) => table === definition.table);
    return found === undefined ? [] : [compareTables(definition, found)];
  });
  const conflicts = differences.flatMap((difference) => difference.conflicts);
  if (conflicts.length > 0) {
    const remedy = 'alter the table to match, or drop it to have it made anew';
    throw new Error(`tables of ${database} differ from the schema: ${conflicts.join('; ')}. Remedy: ${remedy}`);
  }
  const extra = differences.flatMap((difference) => difference.extra);
  if (extra.length > 0)
    log.warn(`columns of ${database} that the schema does not know, left alone: ${extra.join(', ')}`);

  const done: string[] = [];
  if (existing === undefined) {
    await admin.query('CREATE DATABASE IF NOT EXISTS ?? DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', [database]);
    done.push(`created database ${database}`);
  }
  await admin.query('USE ??', [database]);
  const missing = schema.filter(({ definition }) => !existing?.some(({ table }) => table === definition.table));
  for (const { statement } of missing) await admin.query(statement);
  return [...done, ...missing.map(({ definition }) => `created table ${definition.table}`)];
}

function wantedAccounts(settings: MigrateDatabaseSettings) {
  const level = `\`${settings.DATABASE_NAME}\`.*`;
  const application = {
    account: { user: settings.DATABASE_APP_USER, password: settings.DATABASE_APP_PASSWORD },
    grants: [{ level, privileges: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] }] as readonly Grant[],
  };
  const { DATABASE_CDC_USER: user, DATABASE_CDC_PASSWORD: password } = settings;
  if (user === undefined && password === undefined) return [application];
  if (user === undefined || password === undefined) {
    const unset = user === undefined ? 'DATABASE_CDC_USER' : 'DATABASE_CDC_PASSWORD';
    throw new SettingsError([`${unset} is not set: DATABASE_CDC_USER and DATABASE_CDC_PASSWORD go together`]);
  }
  // reads the binlog, and the definitions of the shop's tables
  const replication: readonly Grant[] = [
    { level: '*.*', privileges: ['REPLICATION SLAVE', 'REPLICATION CLIENT'] },
    { level, privileges: ['SELECT'] },
  ];
  return [application, { account: { user, password }, grants: replication }];
}

function isAccessDenied(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ER_ACCESS_DENIED_ERROR';
}

await runJob(import.meta.url, migrateDatabaseSettings, migrateDatabase);

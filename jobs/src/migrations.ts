import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { readFileSetting } from './job.ts';

/** A file of database/migrations: SQL statements, each of which can safely run again. */
export interface Migration {
  /** file name; the number at its beginning gives the order */
  readonly name: string;
  readonly sql: string;
}

/** A migration as recorded in the database. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

/**
 * Reads the migrations of the folder that MIGRATIONS_DIR names, in order. Other files are ignored.
 *
 * @throws SettingsError when the folder cannot be read or has no migration, or two have the same number
 */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readFolder(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  if (names.length === 0)
    throw new SettingsError([`MIGRATIONS_DIR=${folder}: has no file with a name like 0001-shop.sql`]);
  const twice = names.find((name, index) => name.slice(0, 4) === names[index + 1]?.slice(0, 4));
  if (twice !== undefined) {
    throw new SettingsError([
      `MIGRATIONS_DIR=${folder}: two files have the number of ${twice}: renumber the newer one`,
    ]);
  }
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFileSetting('MIGRATIONS_DIR', join(folder, name)) })),
  );
}

/**
 * Returns the migrations that are not applied yet.
 *
 * @throws Error naming a file and the remedy when the applied migrations are not the first of the files, unchanged
 */
export function pendingMigrations(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  for (const [index, { name, checksum }] of applied.entries()) {
    const file = files[index];
    if (!files.some((other) => other.name === name)) {
      throw new Error(
        `migration ${name} was applied, but its file is missing: the database is newer than this release. ` +
          'Remedy: run the release that has the file',
      );
    }
    if (file?.name !== name) {
      throw new Error(`${file?.name} was not applied, but ${name} was. Remedy: give it the next free number`);
    }
    if (checksumOf(file) !== checksum) {
      throw new Error(
        `${name} has changed since it was applied. Remedy: restore the file, ` +
          'and make the change in a new file with the next number',
      );
    }
  }
  return files.slice(applied.length);
}

/** Reads the applied migrations of a database, in order; empty when none ever was applied. */
export async function readApplied(admin: Connection, database: string): Promise<readonly AppliedMigration[]> {
  const table = "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'schema_migrations'";
  const [tables] = await admin.query<RowDataPacket[]>(table, [recordsDatabase(database)]);
  if (tables.length === 0) return [];
  const records = 'SELECT name, checksum FROM ??.schema_migrations ORDER BY name';
  const [rows] = await admin.query<(AppliedMigration & RowDataPacket)[]>(records, [recordsDatabase(database)]);
  return rows;
}

/**
 * Applies migrations to a database, which is created if it does not exist. Each migration is recorded once its last
 * statement is done. The connection must allow several statements per query.
 *
 * @throws Error naming the file whose statement the server refuses
 */
export async function applyMigrations(
  admin: Connection,
  database: string,
  migrations: readonly Migration[],
): Promise<void> {
  const records = recordsDatabase(database);
  for (const name of [database, records]) {
    await admin.query('CREATE DATABASE IF NOT EXISTS ?? DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', [name]);
  }
  await admin.query(
    `CREATE TABLE IF NOT EXISTS ??.schema_migrations (
       name       VARCHAR(190) NOT NULL PRIMARY KEY,
       checksum   CHAR(64) NOT NULL,
       applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
     )`,
    [records],
  );
  await admin.query('USE ??', [database]);
  for (const migration of migrations) {
    await run(admin, migration);
    const remember = 'INSERT INTO ??.schema_migrations (name, checksum) VALUES (?, ?)';
    await admin.query(remember, [records, migration.name, checksumOf(migration)]);
  }
}

/** Separate from the captured tables, so that the records cause no change events. */
function recordsDatabase(database: string): string {
  return `${database}_meta`;
}

async function run(admin: Connection, { name, sql }: Migration): Promise<void> {
  try {
    await admin.query(sql);
  } catch (error) {
    throw new Error(
      `${name}: ${(error as Error).message}. The statements before it were run. Remedy: fix the cause and run ` +
        'migrate-database again, which runs this file from its start',
      { cause: error },
    );
  }
}

/** SHA-256 of a migration's text, in hexadecimal. */
export function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new SettingsError([`MIGRATIONS_DIR=${folder}: cannot be read: ${(error as Error).message}`]);
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase, migrateDatabaseSettings } from '@tidb-cdc/jobs/migrate-database';
import { seedDatabase, seedDatabaseSettings } from '@tidb-cdc/jobs/seed-database';
import { createLogger } from '@tidb-cdc/runtime/log';
import { change, select } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
const log = createLogger({ level: 'silent', dataset: 'cdc.jobs' });
const database = 'migrated';
const firstFile = '0001-shop.sql';
let root: Connection;
let folder: string;

beforeAll(async () => {
  root = await stage.root();
});

beforeEach(async () => {
  await dropAll();
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  return () => rmSync(folder, { recursive: true });
});

afterAll(async () => {
  await dropAll();
  await root.end();
});

async function dropAll(): Promise<void> {
  for (const name of [database, `${database}_meta`]) await change(root, `DROP DATABASE IF EXISTS ${name}`);
  await change(root, "DROP USER IF EXISTS migrated_app@'%'");
}

/** Settings of the jobs, as strings. */
function settings() {
  const { host, port } = stage.system.endpoints.sql;
  return {
    DATABASE_HOST: host,
    DATABASE_PORT: String(port),
    DATABASE_NAME: database,
    DATABASE_APP_USER: 'migrated_app',
    DATABASE_APP_PASSWORD: "it's; a password",
    WAIT_TIMEOUT_SECONDS: '30',
  };
}

/** Runs migrate-database with the project's migrations, or with those in the test's folder. */
async function migrate(own: 'files of the project' | 'files of the test'): Promise<readonly string[]> {
  const more = own === 'files of the test' ? { MIGRATIONS_DIR: folder } : {};
  return (await migrateDatabase(migrateDatabaseSettings.parse({ ...settings(), ...more }), log)).applied;
}

function seed() {
  return seedDatabase(seedDatabaseSettings.parse(settings()), log);
}

function writeMigration(name: string, sql: string): void {
  writeFileSync(join(folder, name), sql);
}

async function columnsOf(table: string): Promise<string[]> {
  return (await select(root, `SHOW COLUMNS FROM ${database}.${table}`)).map(({ Field }) => String(Field));
}

describe("the project's own migrations", () => {
  test('are applied by one of two runs at once, and by no later run; of two seeds at once one succeeds', async () => {
    const both = await Promise.all([migrate('files of the project'), migrate('files of the project')]);
    expect(both.sort()).toEqual([[], [firstFile]]);
    expect(await migrate('files of the project')).toEqual([]);

    const seeds = await Promise.all([seed(), seed()]);
    expect(seeds.map(({ seeded }) => seeded).sort()).toEqual([false, true]);
    expect(seeds[0]?.rows).toEqual({ customers: 20, products: 15, orders: 30, order_items: 70 });
    expect((await seed()).seeded).toBe(false);
    const wrong = await select(
      root,
      `SELECT order_id FROM ${database}.orders JOIN ${database}.order_items USING (order_id)
       GROUP BY order_id HAVING MAX(total) <> SUM(quantity * unit_price)`,
    );
    expect(wrong).toEqual([]);
  });

  test('take over a database that was made before there was a record, with its rows', async () => {
    await migrate('files of the project');
    await seed();
    await change(root, `DROP DATABASE ${database}_meta`);
    expect(await migrate('files of the project')).toEqual([firstFile]);
    expect((await seed()).rows.customers).toBe(20);
  });

  test('make no event of what they remember', async () => {
    await migrate('files of the project');
    await stage.waitForQuiet(root);
    const { events } = await stage.snapshot();
    expect([...events.keys()].filter((cell) => cell.includes('schema_migrations'))).toEqual([]);
  });

  test('set a password that has changed, and give the application no more than its rights', async () => {
    await migrate('files of the project');
    await change(root, "ALTER USER migrated_app@'%' IDENTIFIED BY 'another'");
    await migrate('files of the project');
    expect((await seed()).seeded).toBe(true);
    const grants = (await select(root, "SHOW GRANTS FOR migrated_app@'%'")).map((row) => String(Object.values(row)[0]));
    expect(grants).toEqual([
      expect.stringContaining('GRANT USAGE ON *.* TO `migrated_app`@`%`'),
      `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${database}\`.* TO \`migrated_app\`@\`%\``,
    ]);
  });
});

describe('a migration', () => {
  test('that is added later is applied alone; one that has changed or is gone is refused', async () => {
    writeMigration('0001-a.sql', 'CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY)');
    expect(await migrate('files of the test')).toEqual(['0001-a.sql']);
    writeMigration(
      '0002-b.sql',
      'ALTER TABLE t ADD COLUMN IF NOT EXISTS b INT; -- a comment; with a semicolon\nSELECT 1',
    );
    expect(await migrate('files of the test')).toEqual(['0002-b.sql']);
    expect(await columnsOf('t')).toEqual(['id', 'b']);

    writeMigration('0001-a.sql', 'CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY)');
    await expect(migrate('files of the test')).rejects.toThrow('0001-a.sql has changed since it was applied');
    rmSync(join(folder, '0002-b.sql'));
    writeMigration('0001-a.sql', 'CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY)');
    await expect(migrate('files of the test')).rejects.toThrow(
      'migration 0002-b.sql was applied, but its file is missing',
    );
  });

  test('that fails half-way is named with its remedy, and begun again by the next run', async () => {
    const first = 'CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY);';
    writeMigration('0001-a.sql', `${first} ALTER TABLE nothing ADD COLUMN b INT`);
    const failed = migrate('files of the test');
    await expect(failed).rejects.toThrow(/^0001-a\.sql: .*nothing.* doesn't exist\. .*Remedy: fix the cause and run/);
    expect(await columnsOf('t')).toEqual(['id']);
    writeMigration('0001-a.sql', `${first} ALTER TABLE t ADD COLUMN IF NOT EXISTS b INT`);
    expect(await migrate('files of the test')).toEqual(['0001-a.sql']);
    expect(await columnsOf('t')).toEqual(['id', 'b']);
  });
});

import { change, select } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
});

afterAll(() => root.end());

/** Inserts rows one by one until `stopped`, and returns their number. */
async function insertUntil(table: string, stopped: () => boolean): Promise<number> {
  const connection = await stage.root();
  try {
    let id = 0;
    while (!stopped()) {
      id += 1;
      await change(connection, `INSERT INTO ${table} (id, name) VALUES (?, ?)`, [id, `row ${id}`]);
    }
    return id;
  } finally {
    await connection.end();
  }
}

test('the table is altered again and again while rows are written: all of them reconcile, each with the columns of its time', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, name VARCHAR(40), gone INT DEFAULT 7');
  const before = await stage.snapshot();
  let stop = false;
  const writing = insertUntil(table, () => stop);
  const statements = [
    'ADD COLUMN added INT NOT NULL DEFAULT 1',
    'DROP COLUMN gone',
    'ADD COLUMN first_one VARCHAR(10) DEFAULT "f" FIRST',
    'MODIFY COLUMN name VARCHAR(200)',
    'CHANGE COLUMN added renamed BIGINT NOT NULL DEFAULT 2',
    'ADD INDEX by_name (name)',
  ];
  for (const statement of statements) {
    await waitForMoreRows(table);
    await change(root, `ALTER TABLE ${table} ${statement}`);
  }
  await waitForMoreRows(table);
  stop = true;
  const inserts = await writing;

  await stage.waitForAll(table, { insert: inserts });
  const found = (await stage.documents(table)).map(({ document }) => document.cdc);
  const ids = new Set(found.map(({ primary_key }) => primary_key.id));
  expect(ids.size).toBe(inserts);
  const byId = [...found].sort((a, b) => Number(a.primary_key.id) - Number(b.primary_key.id));
  expect(byId[0]?.data).toEqual({ id: '1', name: 'row 1', gone: '7' });
  expect(byId.at(-1)?.data).toEqual({ first_one: 'f', id: String(inserts), name: `row ${inserts}`, renamed: '2' });
  for (const { data } of byId) expect(data.name).toBe(`row ${data.id}`);
  expect((await stage.snapshot()).schemaChanges - before.schemaChanges).toBeGreaterThanOrEqual(statements.length);
});

async function waitForMoreRows(table: string): Promise<void> {
  const count = async (): Promise<number> => Number((await select(root, `SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);
  const target = (await count()) + 20;
  while ((await count()) < target);
}

test('a table that is dropped right after its rows were written loses none of them', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, v VARCHAR(10)');
  await change(root, `INSERT INTO ${table} VALUES (1, 'a'), (2, 'b'), (3, 'c')`);
  await change(root, `DROP TABLE ${table}`);
  await change(root, `CREATE TABLE ${table} (id INT PRIMARY KEY, other INT)`);
  await change(root, `INSERT INTO ${table} VALUES (4, 44)`);
  await stage.waitForAll(table, { insert: 4 });
  const data = (await stage.documents(table)).map(({ document }) => document.cdc.data);
  expect(data).toContainEqual({ id: '1', v: 'a' });
  expect(data).toContainEqual({ id: '4', other: '44' });
});

test('a table is truncated and renamed, and the next rows come through', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY');
  await change(root, `INSERT INTO ${table} VALUES (1)`);
  await change(root, `TRUNCATE TABLE ${table}`);
  await change(root, `RENAME TABLE ${table} TO ${table}_renamed`);
  await change(root, `INSERT INTO ${table}_renamed VALUES (1), (2)`);
  await stage.waitForAll(table, { insert: 1 });
  await stage.waitForAll(`${table}_renamed`, { insert: 2 });
});

test('a table without a key has its rows too', async () => {
  const table = await stage.createTable(root, 'v INT');
  await change(root, `INSERT INTO ${table} VALUES (1), (1), (1)`);
  await change(root, `DELETE FROM ${table} LIMIT 1`);
  await stage.waitForAll(table, { insert: 3, delete: 1 });
  const found = await stage.documents(table);
  expect(new Set(found.map(({ id }) => id)).size).toBe(4);
  for (const { document } of found) expect(document.cdc.primary_key).toEqual({});
});

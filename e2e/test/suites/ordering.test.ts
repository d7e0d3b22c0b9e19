import { change, select } from '@tidb-cdc/runtime/sql';
import type { Found } from '@tidb-cdc/verify/clients/elasticsearch';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
});

afterAll(() => root.end());

const rows = 6;
const updates = 100;

/** Changes one row many times over its own connection, and deletes it if its id is even. */
async function changeRow(table: string, id: number): Promise<void> {
  const connection = await stage.root();
  try {
    await change(connection, `INSERT INTO ${table} VALUES (?, 0)`, [id]);
    for (let v = 1; v <= updates; v += 1) await change(connection, `UPDATE ${table} SET v = ? WHERE id = ?`, [v, id]);
    if (id % 2 === 0) await change(connection, `DELETE FROM ${table} WHERE id = ?`, [id]);
  } finally {
    await connection.end();
  }
}

test('the changes of one row stay in order while others change theirs, and the last one is what SQL has', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, v INT NOT NULL');
  const ids = Array.from({ length: rows }, (_, n) => n + 1);
  await Promise.all(ids.map((id) => changeRow(table, id)));
  await stage.waitForAll(table, { insert: rows, update: rows * updates, delete: rows / 2 });

  const found = await stage.documents(table);
  const inSql = await select(root, `SELECT id, v FROM ${table} ORDER BY id`);
  expect(inSql.map(({ id, v }) => [String(id), String(v)])).toEqual([
    ['1', '100'],
    ['3', '100'],
    ['5', '100'],
  ]);
  for (const id of ids) {
    const changes = found.filter(({ document }) => document.cdc.primary_key.id === String(id));
    expect(new Set(changes.map(({ document }) => document.cdc.source.partition)).size).toBe(1);
    expect(changes.map(describeChange)).toEqual(expectedChanges(id));
  }
});

test('rows of one transaction and of one message stay in order', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, v INT NOT NULL');
  await change(root, 'START TRANSACTION');
  await change(root, `INSERT INTO ${table} VALUES (1, 0)`);
  for (let v = 1; v <= 20; v += 1) await change(root, `UPDATE ${table} SET v = ${v} WHERE id = 1`);
  await change(root, `DELETE FROM ${table} WHERE id = 1`);
  await change(root, `INSERT INTO ${table} VALUES (1, 99)`);
  await change(root, 'COMMIT');
  await stage.waitForAll(table, { insert: 2, update: 20, delete: 1 });
  const told = (await stage.documents(table)).map(describeChange);
  const updatesTold = Array.from({ length: 20 }, (_, n) => `update ${n + 1}`);
  expect(told).toEqual(['insert 0', ...updatesTold, 'delete 20', 'insert 99']);
});

function describeChange({ document }: Found): string {
  return `${document.event.action} ${document.cdc.data.v}`;
}

function expectedChanges(id: number): readonly string[] {
  const updated = Array.from({ length: updates }, (_, n) => `update ${n + 1}`);
  return ['insert 0', ...updated, ...(id % 2 === 0 ? [`delete ${updates}`] : [])];
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { change, select } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
const schema = `billing_${randomUUID().slice(0, 8)}`;
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
  await change(root, `CREATE DATABASE ${schema}`);
});

afterAll(async () => {
  await change(root, `DROP DATABASE ${schema}`);
  await root.end();
});

test('a schema that is not the demo’s: rows = documents = counter = pie', async () => {
  const table = `${schema}.invoices`;
  await change(root, `CREATE TABLE ${table} (number VARCHAR(20) PRIMARY KEY, net DECIMAL(12, 2), paid DATETIME(6))`);
  await change(root, `INSERT INTO ${table} VALUES ('2026-1', 99.90, NULL), ('2026-2', 0.10, NULL)`);
  await change(root, `UPDATE ${table} SET paid = '2026-11-25 10:00:00.000001' WHERE number = '2026-1'`);
  await change(root, `DELETE FROM ${table} WHERE number = '2026-2'`);
  await stage.waitForAll(table, { insert: 2, update: 1, delete: 1 });
  const documents = await stage.documents(table);
  const update = documents.find(({ document }) => document.event.action === 'update')?.document.cdc;
  expect(update?.data).toEqual({ number: '2026-1', net: '99.90', paid: '2026-11-25 10:00:00.000001' });
  expect(update?.primary_key).toEqual({ number: '2026-1' });
});

test('the query of the docs names the tables without a key, and no other', async () => {
  await change(root, `CREATE TABLE ${schema}.keyed (a INT NOT NULL, b INT, UNIQUE KEY (a))`);
  await change(root, `CREATE TABLE ${schema}.nullable (a INT, UNIQUE KEY (a))`);
  await change(root, `CREATE TABLE ${schema}.bare (a INT)`);
  const text = readFileSync(repositoryFile('docs', 'operations.md'), 'utf8');
  const [, query = ''] = /## Tables without a key[\s\S]*?```sql\n([\s\S]*?)```/.exec(text) ?? [];
  const found = await select(root, query.replace('shop', schema).replaceAll(';', ''));
  expect(found.map((row) => String(Object.values(row)[0])).sort()).toEqual([`${schema}.bare`, `${schema}.nullable`]);
});

import { change } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { produce } from '../../src/clients/kafka.ts';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
});

afterAll(() => root.end());

test('1,100 distinct columns are searchable, each by its name', async () => {
  const columns = Array.from({ length: 550 }, (_, n) => `c${n}`);
  for (const prefix of ['a', 'b']) {
    const names = columns.map((name) => `${prefix}_${name}`);
    const table = await stage.createTable(root, `id INT PRIMARY KEY, ${names.map((name) => `${name} INT`).join()}`);
    const values = names.map((_, n) => n);
    await change(root, `INSERT INTO ${table} VALUES (1, ${values.join()})`);
    await stage.waitForDocuments(table, { insert: 1 });
    const last = { term: { [`cdc.data.${prefix}_c549`]: '549' } };
    expect(await stage.index.count(last)).toBeGreaterThanOrEqual(1);
    const [only] = await stage.documents(table);
    expect(Object.keys(only?.document.cdc.data ?? {})).toHaveLength(551);
  }
});

test('a row near the size limit of the topic arrives whole', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, body LONGTEXT');
  await change(root, `INSERT INTO ${table} VALUES (1, REPEAT('x', 1040000)), (2, 'next')`);
  await stage.waitForAll(table, { insert: 2 });
  const [first, second] = byId(await stage.documents(table));
  expect(first?.data.body).toHaveLength(1_040_000);
  expect(first).not.toHaveProperty('truncated');
  expect(first).not.toHaveProperty('keys_only');
  expect(second?.data.body).toBe('next');
});

test('a row over the size limit of the topic arrives with its keys, and says so', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, body LONGTEXT');
  await change(root, `INSERT INTO ${table} VALUES (1, REPEAT('x', 1100000)), (2, 'next')`);
  await change(root, `UPDATE ${table} SET body = REPEAT('y', 2000000) WHERE id = 1`);
  await change(root, `DELETE FROM ${table} WHERE id = 1`);
  await stage.waitForAll(table, { insert: 2, update: 1, delete: 1 });
  const found = (await stage.documents(table)).map(({ document }) => document);
  for (const { cdc } of found.filter(({ cdc }) => cdc.primary_key.id === '1')) {
    expect(cdc).toMatchObject({ keys_only: true, data: { id: '1' } });
  }
  const [next] = found.filter(({ cdc }) => cdc.primary_key.id === '2');
  expect(next?.cdc.data).toEqual({ id: '2', body: 'next' });
});

test('a row whose document is over the bound of the event log is cut in its longest value, and says so', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, name VARCHAR(20), body LONGBLOB');
  // Base64 makes it a third longer than in the message.
  await change(root, `INSERT INTO ${table} VALUES (1, 'kept', REPEAT('x', 1000000)), (2, 'next', 'y')`);
  await stage.waitForAll(table, { insert: 2 });
  const [first, second] = byId(await stage.documents(table));
  expect(first).toMatchObject({ truncated: true, primary_key: { id: '1' }, data: { id: '1', name: 'kept' } });
  expect(second).toMatchObject({ data: { name: 'next' } });
  expect(second).not.toHaveProperty('truncated');
});

test('what is sent straight into the topic up to its limit arrives too', async () => {
  const { kafka } = stage.system.endpoints;
  const table = `large.${(await stage.createTable(root, 'id INT')).slice(-10)}`;
  // Each control character takes one byte in memory and six in JSON, both in the message and in the document.
  const body = '\u0001'.repeat(170_000);
  await produce(kafka, 'cdc-events', 0, [{ value: canalInsert(table, 1, { body }) }]);
  await produce(kafka, 'cdc-events', 0, [{ value: canalInsert(table, 2, { body: 'next' }) }]);
  await stage.waitForDocuments(table, { insert: 2 });
  const [first] = byId(await stage.documents(table));
  expect(first?.data.body?.slice(0, 1_000)).toBe('\u0001'.repeat(1_000));
});

function byId(found: Awaited<ReturnType<Stage['documents']>>) {
  return found.map(({ document }) => document.cdc).sort((a, b) => Number(a.primary_key.id) - Number(b.primary_key.id));
}

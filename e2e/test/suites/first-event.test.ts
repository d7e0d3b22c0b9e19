import { change } from '@tidb-cdc/runtime/sql';
import { agedOutEvents, newestScrape, pieAt } from '@tidb-cdc/verify/clients/prometheus';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
});

afterAll(() => root.end());

test('the very first insert of a new table is one document, one in the counter and one in the pie', async () => {
  const { prometheus } = stage.system.endpoints;
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, name VARCHAR(20)');
  await stage.waitForQuiet(root);
  const from = await newestScrape(prometheus);
  const before = await pieAt(prometheus, from);

  await change(root, `INSERT INTO ${table} VALUES (1, 'first')`);
  await stage.waitForAll(table, { insert: 1 });

  const [only] = await stage.documents(table);
  expect(only?.document.cdc).toMatchObject({ primary_key: { id: '1' }, data: { id: '1', name: 'first' } });

  const to = await newestScrape(prometheus);
  const after = await pieAt(prometheus, to);
  const agedOut = await agedOutEvents(prometheus, from, to);
  const grown = (after.pie.get('insert') ?? 0) - (before.pie.get('insert') ?? 0) + (agedOut.get('insert') ?? 0);
  expect(grown).toBe(1);
});

test('all three operations of a table are there from its first event, at 0 where there was none', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, v INT');
  await change(root, `INSERT INTO ${table} VALUES (1, 1), (2, 2), (3, 3)`);
  await stage.waitForCounter(table, { insert: 3 });
  const { events } = await stage.snapshot();
  expect([...events.keys()].filter((cell) => cell.startsWith(`${table} `)).sort()).toEqual([
    `${table} delete`,
    `${table} insert`,
    `${table} update`,
  ]);
});

test('the first update and the first delete count exactly too', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, v INT');
  await change(root, `INSERT INTO ${table} VALUES (1, 1), (2, 2)`);
  await stage.waitForAll(table, { insert: 2 });
  await change(root, `UPDATE ${table} SET v = 3 WHERE id = 1`);
  await change(root, `DELETE FROM ${table} WHERE id = 2`);
  await stage.waitForAll(table, { insert: 2, update: 1, delete: 1 });
});

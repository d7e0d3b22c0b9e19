import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import { change } from '@tidb-cdc/runtime/sql';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { cellKey, growth } from '@tidb-cdc/verify/cells';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
});

afterAll(() => root.end());

/**
 * Makes two changes to each of 5,000 rows, in transactions of 100 rows: 5,000 inserts, 4,000 updates, 1,000 deletes.
 */
async function write10000Changes(table: string, firstId: number, killed: Promise<void>): Promise<void> {
  for (let start = firstId; start < firstId + 5_000; start += 100) {
    const ids = Array.from({ length: 100 }, (_, n) => start + n);
    await change(root, `INSERT INTO ${table} (id, v) VALUES ${ids.map((id) => `(${id}, 0)`).join()}`);
    const range = `WHERE id BETWEEN ${start} AND ${start + 99}`;
    if (start < firstId + 4_000) await change(root, `UPDATE ${table} SET v = 1 ${range}`);
    else await change(root, `DELETE FROM ${table} ${range}`);
    // However fast the writes are, half of them come after the kill.
    if (start >= firstId + 2_400) await killed;
  }
}

/** Kills the consumer as soon as it has counted another change to a table, while more are being written. */
async function killConsumerAtNextChange(table: string): Promise<void> {
  const before = await countedOf(table);
  await waitFor(
    'the next change in the counter',
    async () => {
      if ((await countedOf(table)) === before) throw new Error(`there are ${before}`);
      stage.system.kill('consumer');
    },
    { ...arrival, intervalMs: 20 },
  );
}

async function countedOf(table: string): Promise<number> {
  const { events } = await stage.snapshot();
  return operations.reduce((sum, operation) => sum + (events.get(cellKey(table, operation)) ?? 0), 0);
}

/** Writes 10,000 changes, kills the consumer in the middle, and waits for its replacement. */
async function writeAndKill(table: string, firstId: number): Promise<void> {
  const killed = stage.system.pid('consumer');
  const killing = killConsumerAtNextChange(table);
  await Promise.all([killing, write10000Changes(table, firstId, killing)]);
  await stage.system.waitForReplacement('consumer', killed);
}

test('the consumer is killed twice in the middle of 20,000 changes: each is one document, and the numbers reconcile', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY, v INT NOT NULL');
  await stage.waitForQuiet(root);
  const before = await stage.snapshot();

  await writeAndKill(table, 1);
  await writeAndKill(table, 5_001);

  const written = { insert: 10_000, update: 8_000, delete: 2_000 };
  await stage.waitForDocuments(table, written);
  const found = await stage.documents(table);
  const rowsOf = (operation: Operation): number =>
    new Set(
      found
        .filter(({ document }) => document.event.action === operation)
        .map(({ document }) => document.cdc.primary_key.id),
    ).size;
  expect(Object.fromEntries(operations.map((operation) => [operation, rowsOf(operation)]))).toEqual(written);

  await stage.waitForQuiet(root);
  const after = await stage.snapshot();
  const counted = [...growth(before.events, after.events)].filter(([cell]) => cell.startsWith(`${table} `));
  const own = counted.reduce((sum, [, number]) => sum + number, 0);
  expect(own - (after.duplicates - before.duplicates)).toBe(20_000);
});

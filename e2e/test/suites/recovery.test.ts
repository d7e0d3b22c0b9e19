import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventsAlias } from '@tidb-cdc/charts/pipeline';
import { fetchText } from '@tidb-cdc/runtime/http';
import { operations } from '@tidb-cdc/runtime/operations';
import { change } from '@tidb-cdc/runtime/sql';
import type { PartName } from '@tidb-cdc/runtime/system-state';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { eventIndex, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import type { Connection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { arrival, type Changes, Stage } from '../stage.ts';

const stage = await Stage.claim();
let root: Connection;
let table: string;

beforeEach(async () => {
  root = await stage.root();
  table = await stage.createTable(root, 'id INT PRIMARY KEY, v INT NOT NULL');
});

afterEach(() => {
  root.destroy();
});

/** Inserts, updates and deletes rows, one statement at a time, until `stopped`. Returns the numbers of changes. */
async function writeUntil(stopped: () => boolean): Promise<Changes> {
  const connection = await stage.root();
  const done = { insert: 0, update: 0, delete: 0 };
  try {
    while (!stopped()) {
      const id = done.insert + 1;
      await change(connection, `INSERT INTO ${table} VALUES (?, 0)`, [id]);
      done.insert += 1;
      await change(connection, `UPDATE ${table} SET v = 1 WHERE id = ?`, [id]);
      done.update += 1;
      if (id % 3 === 0) {
        await change(connection, `DELETE FROM ${table} WHERE id = ?`, [id]);
        done.delete += 1;
      }
    }
  } finally {
    await connection.end();
  }
  return done;
}

/** Writes while a part is killed with SIGKILL and until it is back; returns the numbers of changes. */
async function writeWhileKilling(name: PartName): Promise<Changes> {
  let stop = false;
  const writing = writeUntil(() => stop);
  await stage.waitForFirst(table);
  const killed = stage.system.kill(name);
  try {
    await stage.system.waitForReplacement(name, killed);
  } finally {
    stop = true;
  }
  return writing;
}

/** Expects exactly one document per row and operation of the table. */
async function expectEachOnce(written: Changes): Promise<void> {
  const found = await stage.documents(table);
  for (const operation of operations) {
    const rows = found.filter(({ document }) => document.event.action === operation);
    expect(new Set(rows.map(({ document }) => document.cdc.primary_key.id)).size).toBe(written[operation] ?? 0);
    expect(rows).toHaveLength(written[operation] ?? 0);
  }
}

describe.each(['kafka', 'elasticsearch', 'filebeat', 'prometheus'] as const)(
  '%s is killed while rows are written',
  (name) => {
    test('everything arrives once, and the numbers reconcile', async () => {
      const written = await writeWhileKilling(name);
      await stage.waitForAll(table, written);
      await expectEachOnce(written);
    });
  },
);

test('canal is killed while rows are written: none is lost, and the counter is what the documents are', async () => {
  const written = await writeWhileKilling('canal');
  const repeated = await stage.waitForAtLeast(root, table, written);
  await stage.waitForAll(table, repeated);
  const found = await stage.documents(table);
  for (const operation of operations) {
    const rows = found.filter(({ document }) => document.event.action === operation);
    expect(new Set(rows.map(({ document }) => document.cdc.primary_key.id)).size).toBe(written[operation] ?? 0);
  }
});

test('the database is killed: what was committed arrives, and so does what is written after', async () => {
  await change(root, `INSERT INTO ${table} VALUES (1, 1), (2, 2)`);
  const killed = stage.system.kill('mariadb');
  await stage.system.waitForReplacement('mariadb', killed);
  const again = await stage.root();
  try {
    await change(again, `INSERT INTO ${table} VALUES (3, 3)`);
  } finally {
    await again.end();
  }
  await stage.waitForAll(table, { insert: 3 });
});

test('the consumer is ended and started again while rows are written: counter and pie stay exact', async () => {
  const before = await stage.snapshot();
  let stop = false;
  const writing = writeUntil(() => stop);
  await stage.waitForFirst(table);
  const ended = stage.system.pid('consumer');
  process.kill(ended, 'SIGTERM');
  try {
    await stage.system.waitForReplacement('consumer', ended);
  } finally {
    stop = true;
  }
  const written = await writing;
  await stage.waitForAll(table, written);
  expect((await stage.snapshot()).duplicates).toBe(before.duplicates);
});

test('Filebeat forgets what it has read and sends all again: each is known in the index of its commit day', async () => {
  const days = [0, 1, 2].map((ago) => new Date(Date.now() - ago * 86_400_000));
  for (const [id, day] of days.entries()) {
    await change(root, 'SET timestamp = ?', [Math.floor(day.getTime() / 1000)]);
    await change(root, `INSERT INTO ${table} VALUES (?, 0)`, [-id]);
  }
  await change(root, 'SET timestamp = DEFAULT');
  await stage.waitForDocuments(table, { insert: days.length });
  const inIndexOf = (day: Date) => {
    const name = `${eventsAlias}-${day.toISOString().slice(0, 10).replaceAll('-', '.')}`;
    return eventIndex(stage.system.endpoints.elasticsearch, name).count(ofTable(table));
  };
  expect(await Promise.all(days.map(inIndexOf))).toEqual([1, 1, 1]);
  await stage.index.refresh();
  const documents = await stage.index.count({ match_all: {} });

  const registry = join(stage.system.stateDir, 'filebeat', 'data', 'registry');
  expect(readdirSync(registry)).not.toHaveLength(0);
  const killed = stage.system.kill('filebeat');
  rmSync(registry, { recursive: true });
  await stage.system.waitForReplacement('filebeat', killed);
  await change(root, `INSERT INTO ${table} VALUES (3, 3)`);
  await stage.waitForDocuments(table, { insert: days.length + 1 });
  const sentAgain = async () => expect(await duplicatesRefused()).toBeGreaterThanOrEqual(documents);
  await waitFor('all lines to be sent again', sentAgain, arrival);
  await stage.index.refresh();
  expect(await stage.index.count({ match_all: {} })).toBe(documents + 1);
  expect(await Promise.all(days.map(inIndexOf))).toEqual([2, 1, 1]);
});

/** Number of lines since Filebeat's start that Elasticsearch refused because it had them. */
async function duplicatesRefused(): Promise<number> {
  const stats = JSON.parse(await fetchText(`${stage.system.endpoints.filebeat}/stats`)) as {
    libbeat: { output: { events: { duplicates: number } } };
  };
  return stats.libbeat.output.events.duplicates;
}

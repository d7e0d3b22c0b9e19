import { join } from 'node:path';
import { ports } from '@tidb-cdc/charts/pipeline';
import { isPortFree } from '@tidb-cdc/runtime/ports';
import { isRunning, processTree } from '@tidb-cdc/runtime/process-identity';
import { change, select } from '@tidb-cdc/runtime/sql';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { type Cells, total } from '@tidb-cdc/verify/cells';
import { ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import { afterAll, describe, expect, test } from 'vitest';
import { waitForEnd } from '../../src/processes.ts';
import { type Ending, runToEnd } from '../../src/program.ts';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
const { system } = stage;
const tables = ['customers', 'products', 'orders', 'order_items'] as const;

afterAll(async () => {
  // Leave a running system to the next suite, whatever happened here.
  if (!system.isUp) await system.start();
});

/** Number of rows per table of the shop, keyed as in the counter: `schema.table insert`. */
async function rowsInSql(): Promise<Cells> {
  const root = await stage.root();
  try {
    const counts = new Map<string, number>();
    for (const table of tables) {
      const [row] = await select(root, `SELECT COUNT(*) AS n FROM ${table}`);
      counts.set(`shop.${table} insert`, Number(row?.n));
    }
    return counts;
  } finally {
    await root.end();
  }
}

async function writeOneRow(): Promise<void> {
  const root = await stage.root();
  try {
    const table = await stage.createTable(root, 'id INT PRIMARY KEY');
    await change(root, `INSERT INTO ${table} VALUES (1)`);
    await stage.waitForAll(table, { insert: 1 });
  } finally {
    await root.end();
  }
}

async function waitForQuiet(): Promise<void> {
  const root = await stage.root();
  try {
    await stage.waitForQuiet(root);
  } finally {
    await root.end();
  }
}

function startAgain(...args: string[]): Promise<Ending> {
  return runToEnd('embedded/src/main.ts', { args, timeoutMs: 120_000 });
}

test('an end ends every process and frees every port; the next start goes on with the same data', async () => {
  await waitForQuiet();
  // Once this row's document is found, Filebeat has sent every earlier one too.
  await writeOneRow();
  const rows = await rowsInSql();
  const { events, duplicates, schemaChanges } = await stage.snapshot();
  await stage.index.refresh();
  const documents = await stage.index.count({ match_all: {} });

  const processes = processTree(system.state.pid);
  expect(processes.length).toBeGreaterThan(7);
  await system.stop();
  expect(processes.filter(isRunning)).toEqual([]);
  for (const port of Object.values(ports))
    expect(await isPortFree(port + system.portOffset), `port ${port}`).toBe(true);

  await system.start();
  expect(await rowsInSql()).toEqual(rows);
  const after = await stage.snapshot();
  expect(after.events).toEqual(events);
  expect(after.duplicates).toBe(duplicates);
  expect(after.schemaChanges).toBe(schemaChanges);
  await stage.index.refresh();
  expect(await stage.index.count({ match_all: {} })).toBe(documents);
  await writeOneRow();
});

test('a second start beside a running system is refused, and disturbs nothing', async () => {
  const { pid } = system.state;
  const second = await startAgain('--port-offset', String(system.portOffset), '--state-dir', system.stateDir);
  expect(second.output).toContain(String(pid));
  expect(second.code).toBe(1);

  const elsewhere = join(system.folder, 'elsewhere');
  const third = await startAgain('--port-offset', String(system.portOffset), '--state-dir', elsewhere);
  for (const port of [ports.sql, ports.kafka, ports.console]) {
    expect(third.output).toContain(String(port + system.portOffset));
  }
  expect(third.code).toBe(1);

  expect(system.state).toMatchObject({ pid, complete: true });
  await writeOneRow();
});

test('a supervisor that is killed hard leaves nothing in the way of the next start', async () => {
  await waitForQuiet();
  const { events } = await stage.snapshot();
  const { pid } = system.state;
  const processes = processTree(pid);
  process.kill(pid, 'SIGKILL');
  await waitForEnd(pid, 'the supervisor', 30_000);

  await system.start();
  expect(processes.filter(isRunning)).toEqual([]);
  expect((await stage.snapshot()).events).toEqual(events);
  await writeOneRow();
});

describe('a fresh start', () => {
  test('has the seeded rows and nothing else, each counted and found exactly once, and in the pie', async () => {
    await system.stop();
    await system.start(['--fresh']);
    const rows = await rowsInSql();
    expect(total(rows)).toBeGreaterThan(0);
    for (const table of tables) {
      await stage.waitForAll(`shop.${table}`, { insert: rows.get(`shop.${table} insert`) ?? 0 });
    }
    const { events, duplicates } = await stage.snapshot();
    expect(total(events)).toBe(total(rows));
    expect(duplicates).toBe(0);
    expect(await stage.index.count({ match_all: {} })).toBe(total(rows));
  });

  test('counts the very first event of a new table exactly', async () => {
    await writeOneRow();
  });

  test('finds the seeded rows again as they are in SQL', async () => {
    const root = await stage.root();
    try {
      const emails = (await select(root, 'SELECT email FROM customers')).map(({ email }) => String(email)).sort();
      await waitFor(
        'the seeded customers',
        async () => {
          const found = await stage.index.search(ofTable('shop.customers'));
          expect(found.map(({ document }) => document.cdc.data.email).sort()).toEqual(emails);
        },
        { timeoutMs: 60_000 },
      );
    } finally {
      await root.end();
    }
  });
});

test('wrong usage is refused with the rule and exit code 2', async () => {
  const { code, output } = await startAgain('--port-offset', 'many');
  expect(output).toMatch(/--port-offset 'many' must be a whole number/);
  expect(code).toBe(2);
});

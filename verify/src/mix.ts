import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import type { Random } from './random.ts';
import { RowPool } from './row-pool.ts';
import { specialCounts, writeSpecialRows } from './special-rows.ts';
import { type TableName, tableNames, tables } from './tables.ts';
import type { Writer } from './writer.ts';

/** How many changes of each kind a run writes, special rows included. */
export type MixCounts = Readonly<Record<Operation, number>>;

/** Checks the numbers of a mix; gives a line for each rule that they break. */
export function mixProblems(counts: MixCounts): readonly string[] {
  const problems = operations
    .map((operation) => ({ operation, given: counts[operation], least: specialCounts[operation] + tableNames.length }))
    .filter(({ given, least }) => given < least)
    .map(({ operation, given, least }) => `'--${operation}s' (${given}) must be at least ${least}`);
  // A row of each table stays, so that there is always one to update and to refer to.
  const staying = specialCounts.insert - specialCounts.delete + tableNames.length;
  if (counts.delete > counts.insert - staying) {
    problems.push(
      `'--deletes' (${counts.delete}) must be at most '--inserts' (${counts.insert}) less ${staying} rows that stay`,
    );
  }
  return problems;
}

/** Writes the special rows, then random changes of all four tables in random order, until the counts are reached. */
export async function writeMix(writer: Writer, counts: MixCounts): Promise<void> {
  await writeSpecialRows(writer);
  const pool = new RowPool(writer.random);
  for (const table of tableNames) await insertRow(writer, pool, table);
  const missing = (operation: Operation): number =>
    counts[operation] - writer.changes.filter((written) => written.operation === operation).length;
  const left = { insert: missing('insert'), update: missing('update'), delete: missing('delete') };
  for (let turn = 0; left.insert + left.update + left.delete > 0; turn += 1) {
    const table = tableNames[turn % tableNames.length] ?? 'customers';
    const operation = pickOperation(writer.random, left);
    const done = await writeOne(writer, pool, operation, table);
    left[done] -= 1;
    if (left[done] < 0) throw new Error(`no row is left to delete: rows of others refer to all of them`);
  }
}

function pickOperation(random: Random, left: MixCounts): Operation {
  const drawn = random.int(1, left.insert + left.update + left.delete);
  if (drawn <= left.insert) return 'insert';
  return drawn <= left.insert + left.update ? 'update' : 'delete';
}

/** Gives what was done: an insert instead of a delete while there is no row to spare. */
async function writeOne(writer: Writer, pool: RowPool, operation: Operation, table: TableName): Promise<Operation> {
  if (operation === 'delete' && (await deleteRow(writer, pool, table))) return 'delete';
  if (operation === 'update') {
    const row = pool.any(table);
    pool.replace(row, await writer.update(row, tables[row.table].alter(writer.random, writer.marker, row.values)));
    return 'update';
  }
  await insertRow(writer, pool, table);
  return 'insert';
}

async function deleteRow(writer: Writer, pool: RowPool, table: TableName): Promise<boolean> {
  for (let row = pool.deletable(table); row !== undefined; row = pool.deletable(table)) {
    pool.remove(row);
    if (await writer.delete(row)) return true;
  }
  return false;
}

async function insertRow(writer: Writer, pool: RowPool, table: TableName): Promise<void> {
  pool.add(await writer.insert(table, writer.newValues(table, pool.parentsFor(table))));
}

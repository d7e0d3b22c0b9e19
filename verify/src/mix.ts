import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@tidb-cdc/jobs/shop/random';
import { RandomChanges } from '@tidb-cdc/jobs/shop/random-changes';
import { shopTables } from '@tidb-cdc/jobs/shop/tables';
import type { ShopWriter } from '@tidb-cdc/jobs/shop/writer';
import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import { specialCounts, writeSpecialRows } from './special-rows.ts';

/** Number of changes per operation that a run writes, special rows included. */
export type MixCounts = Readonly<Record<Operation, number>>;

/** Checks the numbers of a mix. Returns one line per broken rule. */
export function mixProblems(counts: MixCounts): readonly string[] {
  const problems = operations
    .map((operation) => ({ operation, given: counts[operation], least: specialCounts[operation] + shopTables.length }))
    .filter(({ given, least }) => given < least)
    .map(({ operation, given, least }) => `'--${operation}s' (${given}) must be at least ${least}`);
  // One row of each table stays, so that there is always one to update and to refer to.
  const staying = specialCounts.insert - specialCounts.delete + shopTables.length;
  if (counts.delete > counts.insert - staying) {
    problems.push(
      `'--deletes' (${counts.delete}) must be at most '--inserts' (${counts.insert}) minus ${staying} rows that are never deleted`,
    );
  }
  return problems;
}

/**
 * Writes the special rows, then random changes of all four tables in random order, until the counts are reached. Emails
 * and stock keeping units begin with `marker`.
 *
 * @throws Error when other writers' rows refer to so many of these rows that too few can be deleted
 */
export async function writeMix(writer: ShopWriter, random: Random, marker: string, counts: MixCounts): Promise<void> {
  await writeSpecialRows(writer, random, marker);
  const changes = new RandomChanges(writer, random, marker);
  const left = {
    insert: counts.insert - specialCounts.insert,
    update: counts.update - specialCounts.update,
    delete: counts.delete - specialCounts.delete,
  };
  while (left.insert + left.update + left.delete > 0) {
    const operation = pickOperation(random, left);
    const changed = await changes.make(operation, left[operation]);
    left[operation] -= changed;
    if (changed > 0) continue;
    if (left.insert === 0) throw new Error(`no row is left to ${operation}: other writers' rows refer to all of them`);
    left.insert -= await changes.make('insert', left.insert);
  }
}

/** Writes the special rows, then random changes, `pauseMs` apart, while `goesOn` returns true. */
export async function writeWhile(
  goesOn: () => boolean,
  pauseMs: number,
  writer: ShopWriter,
  random: Random,
  marker: string,
): Promise<void> {
  await writeSpecialRows(writer, random, marker);
  const changes = new RandomChanges(writer, random, marker);
  while (goesOn()) {
    await changes.make(pickOperation(random, { insert: 3, update: 2, delete: 1 }), 3);
    await delay(pauseMs);
  }
}

function pickOperation(random: Random, left: MixCounts): Operation {
  const drawn = random.int(1, left.insert + left.update + left.delete);
  if (drawn <= left.insert) return 'insert';
  return drawn <= left.insert + left.update ? 'update' : 'delete';
}

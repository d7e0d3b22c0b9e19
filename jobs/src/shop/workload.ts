import { setTimeout as delay } from 'node:timers/promises';
import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import type { Connection } from 'mysql2/promise';
import { createRandom, randomSeed } from './random.ts';
import { RandomChanges } from './random-changes.ts';
import { type ShopTable, shopTables } from './tables.ts';
import { RowGone, ShopWriter } from './writer.ts';

/** Committed row changes by table and operation, including zeros. */
export type RowCounts = Record<ShopTable, Record<Operation, number>>;

/** What a workload does and when it ends. With infinite bounds it runs until `stop`. */
export interface WorkloadOptions {
  readonly changesPerSecond: number;
  /** number of row changes, exactly */
  readonly count: number;
  readonly durationSeconds: number;
  /** ends the workload after the open transactions */
  readonly stop: AbortSignal;
}

/** Shares of the operations among all row changes. */
const shares: Readonly<Record<Operation, number>> = { insert: 0.6, update: 0.3, delete: 0.1 };

/**
 * Errors that occur when another client changes the same rows or their tables.
 * MySQL: 1205 lock wait timeout, 1213 deadlock, 1412 table altered, 1452 foreign key.
 * TiDB: 8022 and 9007 write conflict, 8028 table altered.
 */
const conflicts = new Set([1205, 1213, 1412, 1452, 8022, 8028, 9007]);
const mostConflictsInARow = 100;

/** Rows that one connection tracks before it starts over with none, which bounds an endless workload's memory. */
const mostRows = 10_000;

/** Returns counts of zero. */
export function noChanges(): RowCounts {
  const none = () => ({ insert: 0, update: 0, delete: 0 });
  return { customers: none(), products: none(), orders: none(), order_items: none() };
}

/** Returns the changes of one operation in all tables. */
export function countOf(counts: RowCounts, operation: Operation): number {
  return shopTables.reduce((sum, table) => sum + counts[table][operation], 0);
}

/** Returns the total of all changes. */
export function totalOf(counts: RowCounts): number {
  return operations.reduce((sum, operation) => sum + countOf(counts, operation), 0);
}

/** Returns the operation that is furthest behind its share. */
export function furthestBehind(counts: RowCounts): Operation {
  const next = totalOf(counts) + 1;
  const behind = (operation: Operation) => shares[operation] * next - countOf(counts, operation);
  return operations.reduce((first, other) => (behind(other) > behind(first) ? other : first));
}

/**
 * Changes rows of the shop at the given rate, which the connections share equally.
 *
 * @param counts counts every committed row change
 * @throws Error once all connections have stopped; its cause is not a conflict, or is the last of too many in a row
 */
export async function runWorkload(
  connections: readonly Connection[],
  counts: RowCounts,
  { changesPerSecond, count, durationSeconds, stop }: WorkloadOptions,
): Promise<void> {
  const failure = new AbortController();
  const parts = connections.length;
  const startedAt = Date.now();
  const workers = connections.map(async (connection, index) => {
    // The first connections share the remainder. Each starts one change later than the one before it.
    const part: Part = {
      count: Math.floor(count / parts) + (index < count % parts ? 1 : 0),
      startedAt: startedAt + (index * 1000) / changesPerSecond,
      msPerChange: (parts * 1000) / changesPerSecond,
      deadline: startedAt + durationSeconds * 1000,
      stop: AbortSignal.any([stop, failure.signal]),
    };
    try {
      await work(connection, counts, part);
    } catch (error) {
      failure.abort();
      throw new Error('the workload failed before its end', { cause: error });
    }
  });
  const failed = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** One connection's part of a workload. Due times count from `startedAt`, so that delays do not add up. */
interface Part {
  readonly count: number;
  readonly startedAt: number;
  readonly msPerChange: number;
  readonly deadline: number;
  readonly stop: AbortSignal;
}

async function work(connection: Connection, counts: RowCounts, part: Part): Promise<void> {
  const own = noChanges();
  const writer = new ShopWriter(connection, ({ table, operation }) => {
    counts[table][operation] += 1;
    own[table][operation] += 1;
  });
  const begin = () => {
    const seed = randomSeed();
    return new RandomChanges(writer, createRandom(seed), `workload-${Date.now().toString(36)}-${seed.toString(36)}`);
  };
  let changes = begin();
  let conflictsInARow = 0;
  for (;;) {
    const done = totalOf(own);
    const due = part.startedAt + done * part.msPerChange;
    if (done >= part.count || Math.max(due, Date.now()) >= part.deadline) return;
    await sleepUntil(due, part.stop);
    if (part.stop.aborted) return;
    try {
      const left = part.count - done;
      if ((await changes.make(furthestBehind(own), left)) === 0) await changes.make('insert', left);
      conflictsInARow = 0;
      if (changes.size > mostRows) changes = begin();
    } catch (error) {
      conflictsInARow += 1;
      if (!isConflict(error) || conflictsInARow === mostConflictsInARow) throw error;
      await connection.rollback();
      changes = begin();
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof RowGone || conflicts.has((error as { errno?: number }).errno ?? 0);
}

async function sleepUntil(time: number, stop: AbortSignal): Promise<void> {
  const milliseconds = time - Date.now();
  if (milliseconds <= 0 || stop.aborted) return;
  try {
    await delay(milliseconds, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '@tidb-cdc/runtime/operations';
import type { Connection } from 'mysql2/promise';
import { type Action, maxActionRows } from './action.ts';
import { removeCancelledOrder, removeCustomer, removeItem, removeProduct } from './delete-actions.ts';
import { addItem, addProduct, placeOrder, registerCustomer } from './insert-actions.ts';
import { type KnownRows, readKnownRows } from './known-rows.ts';
import { byShortfall, dueAt } from './pace.ts';
import type { RowCounts } from './row-counts.ts';
import { advanceOrder, changePoints, changePreferences, changePrice, changeQuantity } from './update-actions.ts';

/** What a workload does and when it ends; without a bound it runs until `stop`. */
export interface WorkloadOptions {
  readonly changesPerSecond: number;
  /** exactly so many row changes */
  readonly count?: number;
  readonly durationSeconds?: number;
  /** ends the workload after the transactions under way */
  readonly stop: AbortSignal;
  /** takes every committed row change */
  readonly counts: RowCounts;
}

/** Actions by the operation that they serve; one that stands there thrice is taken thrice as often. */
const actions: Readonly<Record<Operation, readonly Action[]>> = {
  insert: [registerCustomer, addProduct, placeOrder, placeOrder, placeOrder, addItem],
  update: [changePoints, changePreferences, changePrice, advanceOrder, advanceOrder, advanceOrder, changeQuantity],
  delete: [removeCancelledOrder, removeCancelledOrder, removeItem, removeItem, removeCustomer, removeProduct],
};

/**
 * Errors that another writer's doing explains; the transaction is rolled back and another action tried.
 * MySQL: 1020 row changed, 1062 duplicate key, 1205 lock wait timeout, 1213 deadlock, 1412 table altered,
 * 1451 and 1452 foreign keys. TiDB: 8022 and 9007 write conflict, 8028 table altered.
 */
const conflicts = new Set([1020, 1062, 1205, 1213, 1412, 1451, 1452, 8022, 8028, 9007]);
const MAX_CONFLICTS_IN_A_ROW = 100;

interface Run {
  readonly options: WorkloadOptions;
  readonly known: KnownRows;
  readonly startedAt: number;
  readonly deadline: number;
  readonly stop: AbortSignal;
  /** actions claimed and not finished, and the most rows they may change */
  underWay: number;
  reservedRows: number;
  conflictsInARow: number;
}

/**
 * Changes rows of the shop, one action at a time on each connection, at the given rate.
 *
 * @throws Error whose cause is the first error that is no conflict with another writer, once all transactions have ended
 */
export async function runWorkload(connections: readonly [Connection, ...Connection[]], options: WorkloadOptions) {
  for (const connection of connections) {
    // no gap locks, and reads within a transaction see what the lock before them waited for
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  }
  const failure = new AbortController();
  const startedAt = Date.now();
  const run: Run = {
    options,
    known: await readKnownRows(connections[0]),
    startedAt,
    deadline: startedAt + (options.durationSeconds ?? Number.POSITIVE_INFINITY) * 1000,
    stop: AbortSignal.any([options.stop, failure.signal]),
    underWay: 0,
    reservedRows: 0,
    conflictsInARow: 0,
  };
  const workers = connections.map(async (connection) => {
    try {
      await work(connection, run);
    } catch (error) {
      failure.abort();
      throw error;
    }
  });
  const failed = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function work(connection: Connection, run: Run): Promise<void> {
  for (;;) {
    const claim = claimAction(run);
    if (claim === undefined) return;
    try {
      await sleepUntil(claim.due, run.stop);
      if (run.stop.aborted) return;
      await act(connection, run, claim.budget);
    } finally {
      run.underWay -= 1;
      run.reservedRows -= claim.budget;
    }
  }
}

/** The next action's time and the most rows it may change; undefined once a bound is reached. */
function claimAction(run: Run): { readonly due: number; readonly budget: number } | undefined {
  const { count = Number.POSITIVE_INFINITY, counts, changesPerSecond } = run.options;
  const budget = Math.min(maxActionRows, count - counts.total - run.reservedRows);
  // an action under way counts as the one row that it changes at least
  const due = dueAt(run.startedAt, counts.total + run.underWay, changesPerSecond);
  if (budget <= 0 || Math.max(due, Date.now()) >= run.deadline) return undefined;
  run.underWay += 1;
  run.reservedRows += budget;
  return { due, budget };
}

/** Runs one action that changes something, of the operation that is furthest behind if it has one that can. */
async function act(connection: Connection, run: Run, budget: number): Promise<void> {
  for (const operation of byShortfall(run.options.counts)) {
    for (const action of shuffled(actions[operation])) {
      if (await attempt(connection, run, action, budget)) return;
    }
  }
}

/** Whether the action changed rows and is committed. */
async function attempt(connection: Connection, run: Run, action: Action, budget: number): Promise<boolean> {
  try {
    await connection.beginTransaction();
    const { changes, onCommit } = await action(connection, run.known, budget);
    if (changes.every(({ rows }) => rows === 0)) {
      await connection.rollback();
      return false;
    }
    await connection.commit();
    onCommit?.();
    for (const rowChanges of changes) run.options.counts.add(rowChanges);
    run.conflictsInARow = 0;
    return true;
  } catch (error) {
    if (!conflicts.has((error as { errno?: number }).errno ?? 0)) {
      throw new Error('the workload cannot go on, it ended early', { cause: error });
    }
    await connection.rollback();
    run.conflictsInARow += 1;
    if (run.conflictsInARow < MAX_CONFLICTS_IN_A_ROW) return false;
    const reason = `${MAX_CONFLICTS_IN_A_ROW} conflicts with other writers in a row, the last: ${(error as Error).message}`;
    throw new Error(reason);
  }
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((one, other) => one.order - other.order)
    .map(({ value }) => value);
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

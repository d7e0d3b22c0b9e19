import { randomInt } from 'node:crypto';
import type { Operation } from '@tidb-cdc/runtime/operations';
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import type { ShopTable } from '../database.ts';
import type { KnownRows } from './known-rows.ts';
import type { RowChanges } from './row-counts.ts';

/** What an action did inside its transaction. */
export interface ActionResult {
  /** empty where there was nothing it could act on */
  readonly changes: readonly RowChanges[];
  /** takes over into the known rows what holds only once the transaction is committed */
  readonly onCommit?: () => void;
}

/**
 * One step of the shop's business. Runs inside a transaction that the caller ends, and changes at most
 * `budget` rows (1 or more): where it needs more it does nothing.
 */
export type Action = (connection: Connection, known: KnownRows, budget: number) => Promise<ActionResult>;

/** Most rows that any action changes. */
export const maxActionRows = 6;

export const nothing: ActionResult = { changes: [] };

/** Runs a statement and says how many rows it changed. */
export async function change(
  connection: Connection,
  operation: Operation,
  table: ShopTable,
  sql: string,
  values: unknown[],
): Promise<RowChanges & { readonly insertId: number }> {
  const [result] = await connection.query<ResultSetHeader>(sql, values);
  return { table, operation, rows: result.affectedRows, insertId: result.insertId };
}

export function oneOf<T>(values: readonly [T, ...T[]]): T {
  return values[randomInt(values.length)] ?? values[0];
}

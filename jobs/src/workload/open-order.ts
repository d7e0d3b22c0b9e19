import type { Connection, RowDataPacket } from 'mysql2/promise';
import { change } from './action.ts';
import type { KnownRows } from './known-rows.ts';
import type { RowChanges } from './row-counts.ts';

/** An order that is new or paid, locked until the transaction ends. */
export interface OpenOrder {
  readonly id: number;
  readonly status: 'new' | 'paid';
  readonly lineCount: number;
  /** the highest line number, 0 without items */
  readonly lastLine: number;
}

/** Locks a random open order. Undefined where there is none, or where someone has closed or deleted the picked one. */
export async function lockOpenOrder(connection: Connection, known: KnownRows): Promise<OpenOrder | undefined> {
  const id = known.openOrders.pick();
  if (id === undefined) return undefined;
  const [orders] = await connection.query<(RowDataPacket & { status: string })[]>(
    'SELECT status FROM orders WHERE order_id = ? FOR UPDATE',
    [id],
  );
  const status = orders[0]?.status;
  if (status !== 'new' && status !== 'paid') {
    known.openOrders.remove(id);
    return undefined;
  }
  return { id, status, ...(await readLines(connection, id)) };
}

/** Number of items and highest line number of an order that the transaction has locked. */
export async function readLines(connection: Connection, orderId: number) {
  const [rows] = await connection.query<(RowDataPacket & { lineCount: number; lastLine: number })[]>(
    `SELECT COUNT(*) AS lineCount, COALESCE(MAX(line_number), 0) AS lastLine FROM order_items WHERE order_id = ?`,
    [orderId],
  );
  return { lineCount: rows[0]?.lineCount ?? 0, lastLine: rows[0]?.lastLine ?? 0 };
}

/** Sets an order's total to the sum of its items. */
export function recomputeTotal(connection: Connection, orderId: number): Promise<RowChanges> {
  const sum = 'SELECT COALESCE(SUM(quantity * unit_price), 0) FROM order_items WHERE order_id = ?';
  const sql = `UPDATE orders SET total = (${sum}) WHERE order_id = ?`;
  return change(connection, 'update', 'orders', sql, [orderId, orderId]);
}

import type { RowDataPacket } from 'mysql2/promise';
import { type Action, change, maxActionRows, nothing } from './action.ts';
import { lockOpenOrder, readLines, recomputeTotal } from './open-order.ts';

/** A cancelled order is removed with its items. */
export const removeCancelledOrder: Action = async (connection, known, budget) => {
  const id = known.cancelledOrders.pick();
  if (id === undefined) return nothing;
  const sql = "SELECT order_id FROM orders WHERE order_id = ? AND status = 'cancelled' FOR UPDATE";
  const [orders] = await connection.query<RowDataPacket[]>(sql, [id]);
  const { lineCount } = await readLines(connection, id);
  if (orders.length === 0 || lineCount + 1 > maxActionRows) known.cancelledOrders.remove(id);
  if (orders.length === 0 || lineCount + 1 > budget) return nothing;
  const items = await change(connection, 'delete', 'order_items', 'DELETE FROM order_items WHERE order_id = ?', [id]);
  const order = await change(connection, 'delete', 'orders', 'DELETE FROM orders WHERE order_id = ?', [id]);
  return { changes: [items, order], onCommit: () => known.cancelledOrders.remove(id) };
};

/** The last line of an order that is not paid yet is taken off, unless it is the only one. */
export const removeItem: Action = async (connection, known, budget) => {
  const order = await lockOpenOrder(connection, known);
  if (budget < 2 || order?.status !== 'new' || order.lineCount < 2) return nothing;
  const sql = 'DELETE FROM order_items WHERE order_id = ? AND line_number = ?';
  const item = await change(connection, 'delete', 'order_items', sql, [order.id, order.lastLine]);
  return { changes: [item, await recomputeTotal(connection, order.id)] };
};

/** A customer who never ordered leaves. */
export const removeCustomer: Action = async (connection, known) => {
  const id = known.customers.pick();
  if (id === undefined) return nothing;
  const unused = 'NOT EXISTS (SELECT 1 FROM orders WHERE orders.customer_id = customers.customer_id)';
  const sql = `DELETE FROM customers WHERE customer_id = ? AND ${unused}`;
  const removed = await change(connection, 'delete', 'customers', sql, [id]);
  return { changes: [removed], onCommit: () => removed.rows > 0 && known.customers.remove(id) };
};

/** A product that nobody ordered is taken out of the range. */
export const removeProduct: Action = async (connection, known) => {
  const id = known.products.pick();
  if (id === undefined) return nothing;
  const unused = 'NOT EXISTS (SELECT 1 FROM order_items WHERE order_items.product_id = products.product_id)';
  const sql = `DELETE FROM products WHERE product_id = ? AND ${unused}`;
  const removed = await change(connection, 'delete', 'products', sql, [id]);
  return { changes: [removed], onCommit: () => removed.rows > 0 && known.products.remove(id) };
};

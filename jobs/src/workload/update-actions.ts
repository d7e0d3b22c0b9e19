import { randomInt } from 'node:crypto';
import { type Action, change, nothing, oneOf } from './action.ts';
import { lockOpenOrder, recomputeTotal } from './open-order.ts';

// No action changes a primary or unique key: TiCDC sends such an update as a delete and an insert, and the counts
// would no longer be those of the stream.

/** A customer earns points, or spends some when there are many. */
export const changePoints: Action = async (connection, known) => {
  const customer = known.customers.pick();
  if (customer === undefined) return nothing;
  const points = randomInt(1, 500);
  const updated = await change(
    connection,
    'update',
    'customers',
    `UPDATE customers SET loyalty_points = IF(loyalty_points < 1000000, loyalty_points + ?, loyalty_points - ?)
     WHERE customer_id = ?`,
    [points, points, customer],
  );
  if (updated.rows === 0) known.customers.remove(customer);
  return { changes: [updated] };
};

/** A customer chooses another theme. */
export const changePreferences: Action = async (connection, known) => {
  const customer = known.customers.pick();
  if (customer === undefined) return nothing;
  const sql = "UPDATE customers SET preferences = JSON_SET(preferences, '$.theme', ?) WHERE customer_id = ?";
  const theme = oneOf(['light', 'dark', '🌙', 'contrast', 'sepia']);
  return { changes: [await change(connection, 'update', 'customers', sql, [theme, customer])] };
};

/** A product becomes up to a tenth cheaper or dearer, within the prices of a small shop. */
export const changePrice: Action = async (connection, known) => {
  const product = known.products.pick();
  if (product === undefined) return nothing;
  const sql = 'UPDATE products SET price = GREATEST(1, LEAST(500, ROUND(price * ?, 2))) WHERE product_id = ?';
  const factor = randomInt(90, 111) / 100;
  return { changes: [await change(connection, 'update', 'products', sql, [factor, product])] };
};

/** An order goes its way: new → paid → shipped, or one in four from new to cancelled. */
export const advanceOrder: Action = async (connection, known) => {
  const order = await lockOpenOrder(connection, known);
  if (order === undefined) return nothing;
  const next = order.status === 'paid' ? 'shipped' : oneOf(['paid', 'paid', 'paid', 'cancelled']);
  const sql = 'UPDATE orders SET status = ? WHERE order_id = ?';
  const updated = await change(connection, 'update', 'orders', sql, [next, order.id]);
  return {
    changes: [updated],
    onCommit: () => {
      if (next !== 'paid') known.openOrders.remove(order.id);
      if (next === 'cancelled') known.cancelledOrders.add(order.id);
    },
  };
};

/** Another quantity on the last line of an order that is not paid yet. */
export const changeQuantity: Action = async (connection, known, budget) => {
  const order = await lockOpenOrder(connection, known);
  if (budget < 2 || order?.status !== 'new' || order.lineCount === 0) return nothing;
  const sql = 'UPDATE order_items SET quantity = ? WHERE order_id = ? AND line_number = ?';
  const item = await change(connection, 'update', 'order_items', sql, [randomInt(1, 13), order.id, order.lastLine]);
  return { changes: [item, await recomputeTotal(connection, order.id)] };
};

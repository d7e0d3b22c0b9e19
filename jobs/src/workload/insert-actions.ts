import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { type Action, change, maxActionRows, nothing, oneOf } from './action.ts';
import { lockOpenOrder, recomputeTotal } from './open-order.ts';

const givenNames = ['Ada', 'José', 'Zofia', '小明', '花子', 'Дмитрий', 'ليلى', 'Ελένη', 'Søren', 'Mia 🌻'] as const;
const familyNames = ['Holm', 'Núñez', 'Wiśniewska', '王', '田中', 'Орлов', 'حداد', 'Παπαδάκη', "O'Brien"] as const;
const languages = ['en', 'es', 'pl', 'zh', 'ja', 'ru', 'ar', 'el', 'da'] as const;
const goods = ['mug', 'tea', 'coffee', 'kettle', 'tray', 'towel', 'book', 'scale'] as const;
const colours = ['blue', 'grün', '白', 'rouge'] as const;
const notes = [null, null, null, 'Please ring twice.', '请放在门口 🙏', 'Line one\nLine two'] as const;

/** An order stays small enough to be removed by one action. */
const MAX_LINES = maxActionRows - 1;

/** A new customer. */
export const registerCustomer: Action = async (connection, known) => {
  const inserted = await change(
    connection,
    'insert',
    'customers',
    `INSERT INTO customers (email, full_name, birth_date, loyalty_points, preferences, avatar, created_at)
     VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
    [
      `${randomUUID()}@example.com`,
      `${oneOf(givenNames)} ${oneOf(familyNames)}`,
      randomInt(4) === 0 ? null : randomDate(1950, 2005),
      randomInt(1_000),
      JSON.stringify({ language: oneOf(languages), newsletter: randomInt(2) === 1 }),
      randomInt(2) === 0 ? null : randomBytes(16),
    ],
  );
  return { changes: [inserted], onCommit: () => known.customers.add(inserted.insertId) };
};

/** A new product. */
export const addProduct: Action = async (connection, known) => {
  const [item, colour] = [oneOf(goods), oneOf(colours)];
  const inserted = await change(
    connection,
    'insert',
    'products',
    'INSERT INTO products (sku, title, price, attributes, image_digest, released_on) VALUES (?, ?, ?, ?, ?, ?)',
    [
      `${item.toUpperCase()}-${randomUUID()}`,
      `${item}, ${colour}`,
      randomPrice(),
      randomInt(3) === 0 ? null : JSON.stringify({ colour, grams: randomInt(50, 2_000) }),
      randomInt(2) === 0 ? null : randomBytes(32),
      randomInt(3) === 0 ? null : randomDate(2018, 2025),
    ],
  );
  return { changes: [inserted], onCommit: () => known.products.add(inserted.insertId) };
};

/** A customer orders one to four products. */
export const placeOrder: Action = async (connection, known, budget) => {
  const customer = known.customers.pick();
  const wanted = known.products.pickSome(Math.min(randomInt(1, MAX_LINES), budget - 1));
  if (customer === undefined || wanted.length === 0) return nothing;
  const [products] = await connection.query<(RowDataPacket & { id: number; price: string })[]>(
    'SELECT product_id AS id, price FROM products WHERE product_id IN (?) ORDER BY product_id',
    [wanted],
  );
  if (products.length === 0) return nothing;
  const lines = products.map(({ id, price }) => ({ id, price, quantity: randomInt(1, 4) }));
  const cents = lines.reduce((sum, { price, quantity }) => sum + quantity * Math.round(Number(price) * 100), 0);
  const order = await change(
    connection,
    'insert',
    'orders',
    `INSERT INTO orders (customer_id, status, total, note, placed_at) VALUES (?, 'new', ?, ?, UTC_TIMESTAMP(3))`,
    [customer, (cents / 100).toFixed(2), oneOf(notes)],
  );
  const items = await change(
    connection,
    'insert',
    'order_items',
    'INSERT INTO order_items (order_id, line_number, product_id, quantity, unit_price) VALUES ?',
    [lines.map(({ id, price, quantity }, index) => [order.insertId, index + 1, id, quantity, price])],
  );
  return { changes: [order, items], onCommit: () => known.openOrders.add(order.insertId) };
};

/** One more product on an order that is not paid yet. */
export const addItem: Action = async (connection, known, budget) => {
  const product = known.products.pick();
  const order = await lockOpenOrder(connection, known);
  if (budget < 2 || product === undefined || order?.status !== 'new' || order.lineCount >= MAX_LINES) return nothing;
  const item = await change(
    connection,
    'insert',
    'order_items',
    `INSERT INTO order_items (order_id, line_number, product_id, quantity, unit_price)
     SELECT ?, ?, product_id, ?, price FROM products WHERE product_id = ?`,
    [order.id, order.lastLine + 1, randomInt(1, 4), product],
  );
  if (item.rows === 0) return nothing;
  return { changes: [item, await recomputeTotal(connection, order.id)] };
};

function randomPrice(): string {
  return (randomInt(100, 20_000) / 100).toFixed(2);
}

function randomDate(fromYear: number, toYear: number): string {
  const from = Date.UTC(fromYear, 0, 1);
  return new Date(from + randomInt(Date.UTC(toYear, 0, 1) - from)).toISOString().slice(0, 10);
}

import type { Endpoints } from '@tidb-cdc/runtime/system-state';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { DemoAction, DemoAnswer } from './contract.ts';
import { ConsoleError } from './errors.ts';
import { connect } from './sql.ts';
import { databaseError } from './sql-errors.ts';

/** Marks the orders that the page's buttons made: they change and delete no others. */
const demoNote = 'demo order of the console';

const nextStatus: Readonly<Record<string, string>> = {
  new: 'paid',
  paid: 'shipped',
  shipped: 'cancelled',
  cancelled: 'new',
};

interface Customer extends RowDataPacket {
  customer_id: string;
  full_name: string;
}

interface Product extends RowDataPacket {
  product_id: string;
  price: string;
}

interface Order extends RowDataPacket {
  order_id: string;
  status: string;
}

const actions: Readonly<Record<DemoAction, (connection: Connection) => Promise<DemoAnswer>>> = {
  insert: insertOrder,
  update: updateLatest,
  delete: deleteLatest,
};

/**
 * Does what a button of the page says, in one transaction.
 * @throws ConsoleError: 409 where there is nothing to do it with, 400 or 503 as `runStatement`
 */
export async function runDemo(action: DemoAction, endpoint: Endpoints['sql']): Promise<DemoAnswer> {
  const connection = connect(endpoint).promise();
  try {
    await connection.query('SET SESSION max_statement_time = 10');
    await connection.beginTransaction();
    const answer = await actions[action](connection);
    await connection.commit();
    return answer;
  } catch (error) {
    throw databaseError(error, endpoint, '');
  } finally {
    // An open transaction ends with its connection: rolled back.
    connection.destroy();
  }
}

async function insertOrder(connection: Connection): Promise<DemoAnswer> {
  const [[customer]] = await connection.query<Customer[]>(
    'SELECT customer_id, full_name FROM customers ORDER BY RAND() LIMIT 1',
  );
  const [products] = await connection.query<Product[]>(
    'SELECT product_id, price FROM products ORDER BY RAND() LIMIT 2',
  );
  if (customer === undefined) throw nothingIn('customers');
  if (products.length === 0) throw nothingIn('products');
  const items = products.map((product) => ({ ...product, quantity: 1 + Math.floor(Math.random() * 3) }));
  const total = totalOf(items);
  const [{ insertId }] = await connection.query<ResultSetHeader>(
    'INSERT INTO orders (customer_id, total, note) VALUES (?, ?, ?)',
    [customer.customer_id, total, demoNote],
  );
  const lines = items.map((item, index) => [insertId, index + 1, item.product_id, item.quantity, item.price]);
  await connection.query('INSERT INTO order_items (order_id, line_number, product_id, quantity, unit_price) VALUES ?', [
    lines,
  ]);
  const did = `Inserted order ${insertId} of ${customer.full_name}: ${countItems(lines.length)}, total ${total}.`;
  return { orderId: String(insertId), did };
}

async function updateLatest(connection: Connection): Promise<DemoAnswer> {
  const { order_id: orderId, status } = await latestOrder(connection, 'update');
  const next = nextStatus[status] ?? 'new';
  await connection.query('UPDATE orders SET status = ? WHERE order_id = ?', [next, orderId]);
  return { orderId, did: `Updated order ${orderId}: its status was '${status}' and is '${next}' now.` };
}

async function deleteLatest(connection: Connection): Promise<DemoAnswer> {
  const { order_id: orderId } = await latestOrder(connection, 'delete');
  // The items go first and by our own hand: rows that a cascade removes never reach MariaDB's binlog.
  const [{ affectedRows }] = await connection.query<ResultSetHeader>('DELETE FROM order_items WHERE order_id = ?', [
    orderId,
  ]);
  await connection.query('DELETE FROM orders WHERE order_id = ?', [orderId]);
  return { orderId, did: `Deleted order ${orderId} with ${countItems(affectedRows)}.` };
}

async function latestOrder(connection: Connection, action: string): Promise<Order> {
  const [[order]] = await connection.query<Order[]>(
    'SELECT order_id, status FROM orders WHERE note = ? ORDER BY order_id DESC LIMIT 1 FOR UPDATE',
    [demoNote],
  );
  if (order === undefined) {
    throw new ConsoleError(409, { error: `There is no demo order to ${action}.`, remedy: 'Insert one first.' });
  }
  return order;
}

function nothingIn(table: string): ConsoleError {
  const remedy = 'They come with the seed when the system starts. If they were deleted, insert one in the SQL box.';
  return new ConsoleError(409, { error: `An order needs ${table}, and there are none.`, remedy });
}

/** Prices have two decimals and stay far below 2^53 cents, so the sum is exact. */
function totalOf(items: readonly { price: string; quantity: number }[]): string {
  const cents = items.reduce((sum, { price, quantity }) => sum + Math.round(Number(price) * 100) * quantity, 0);
  return (cents / 100).toFixed(2);
}

function countItems(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}

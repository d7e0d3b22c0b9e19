import { placeOrder, removeOrder } from '@tidb-cdc/jobs/shop/orders';
import { createRandom, randomSeed } from '@tidb-cdc/jobs/shop/random';
import { nextStatus, type Row } from '@tidb-cdc/jobs/shop/tables';
import { RowGone, ShopWriter } from '@tidb-cdc/jobs/shop/writer';
import type { Operation } from '@tidb-cdc/runtime/operations';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { DemoAnswer } from './contract.ts';
import { ConsoleError } from './errors.ts';
import { boundStatements, connect } from './sql.ts';
import { databaseError } from './sql-errors.ts';
import type { SqlAccess } from './system.ts';

/** Marks the orders that the page's buttons created. The buttons change and delete no others. */
const demoNote = 'demo order of the console';

type Action = (connection: Connection, writer: ShopWriter) => Promise<DemoAnswer>;

const actions: Readonly<Record<Operation, Action>> = {
  insert: insertOrder,
  update: updateLatest,
  delete: deleteLatest,
};

/**
 * Does what a button on the page says, in one transaction.
 * @throws ConsoleError 409 when a row it needs is missing or has just changed; 400 or 503 as `runStatement`
 */
export async function runDemo(action: Operation, endpoint: SqlAccess): Promise<DemoAnswer> {
  const connection = connect(endpoint).promise();
  try {
    await connection.query(boundStatements);
    return await actions[action](connection, new ShopWriter(connection, () => {}));
  } catch (error) {
    if (error instanceof RowGone) {
      const remedy = 'Press the button again.';
      throw new ConsoleError(409, { error: 'Someone else changed the order in the meantime.', remedy }, error);
    }
    throw databaseError(error, endpoint, '');
  } finally {
    // Closing the connection rolls back an open transaction.
    connection.destroy();
  }
}

async function insertOrder(connection: Connection, writer: ShopWriter): Promise<DemoAnswer> {
  const { int } = createRandom(randomSeed());
  const [customer] = await findRows(connection, 'customers', 'ORDER BY RAND() LIMIT 1');
  const products = await findRows(connection, 'products', 'ORDER BY RAND() LIMIT 2');
  if (customer === undefined) throw nothingIn('customers');
  if (products.length === 0) throw nothingIn('products');
  const lines = products.map((product) => ({ product, quantity: int(1, 3) }));
  const { row, items } = await placeOrder(writer, customer, lines, demoNote);
  const { order_id: orderId, total } = row.values;
  const did = `Inserted order ${orderId} of ${customer.values.full_name}: ${countItems(items.length)}, total ${total}.`;
  return { orderId: String(orderId), did };
}

async function updateLatest(connection: Connection, writer: ShopWriter): Promise<DemoAnswer> {
  const order = await latestOrder(connection, 'update');
  const { order_id: orderId, status } = order.values;
  const next = nextStatus(status);
  await writer.update(order, { status: next });
  return {
    orderId: String(orderId),
    did: `Updated order ${orderId}: its status changed from '${status}' to '${next}'.`,
  };
}

async function deleteLatest(connection: Connection, writer: ShopWriter): Promise<DemoAnswer> {
  const row = await latestOrder(connection, 'delete');
  const orderId = String(row.values.order_id);
  const items = await findRows(connection, 'order_items', 'WHERE order_id = ?', [orderId]);
  await removeOrder(writer, { row, items }, items.length + 1);
  return { orderId, did: `Deleted order ${orderId} with ${countItems(items.length)}.` };
}

async function latestOrder(connection: Connection, action: string): Promise<Row> {
  const latest = 'WHERE note = ? ORDER BY order_id DESC LIMIT 1';
  const [order] = await findRows(connection, 'orders', latest, [demoNote]);
  if (order === undefined) {
    throw new ConsoleError(409, { error: `There is no demo order to ${action}.`, remedy: 'Insert one first.' });
  }
  return order;
}

async function findRows(
  connection: Connection,
  table: Row['table'],
  which: string,
  values: string[] = [],
): Promise<readonly Row[]> {
  const [rows] = await connection.query<RowDataPacket[]>(`SELECT * FROM ${table} ${which}`, values);
  return rows.map((row) => ({ table, values: row }));
}

function nothingIn(table: string): ConsoleError {
  const remedy = 'The seed inserts them when the system starts. If they were deleted, insert one in the SQL box.';
  return new ConsoleError(409, { error: `An order needs ${table}, and there are none.`, remedy });
}

function countItems(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}

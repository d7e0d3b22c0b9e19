import { type Row, statuses } from './tables.ts';
import type { Writer } from './writer.ts';

/** How many changes {@link writeSpecialRows} makes, so that the rest of a mix can fill up to the number asked for. */
export const specialCounts = { insert: 21, update: 4, delete: 1 } as const;

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/**
 * Writes rows that a pipeline gets wrong first: NULL, text outside the basic plane, numbers that a double cannot hold,
 * every byte, trailing zeros, ends of ranges; a transaction, one that is rolled back, and a key that changes.
 */
export async function writeSpecialRows(writer: Writer): Promise<void> {
  const customer = await specialCustomers(writer);
  const product = await specialProducts(writer);
  await specialOrders(writer, customer);
  const items = await transaction(writer, customer, product);
  await writer.rolledBack(async () => {
    const values = writer.newValues('customers', []);
    await writer.insert('customers', { ...values, email: rolledBackEmail(writer.marker) });
    await writer.update(product, { title: 'never to be seen' });
  });
  const [first, last] = items;
  await writer.update(first, { line_number: 1_000_001 }, 'primary key changed');
  await writer.delete(last, 'deleted row of a transaction');
}

/** Email of the customer whose transaction is rolled back: a document with it is an event that never happened. */
function rolledBackEmail(marker: string): string {
  return `${marker}-rolled-back@example.com`;
}

async function specialCustomers(writer: Writer): Promise<Row> {
  const insert = (special: string, values: Row['values']): Promise<Row> =>
    writer.insert('customers', { ...writer.newValues('customers', []), ...values }, special);
  const withNull = await insert('NULL', { birth_date: null, avatar: null });
  await insert('4-byte text', {
    full_name: '🦀 𠜎𝒳 Zoë 👩‍👩‍👧',
    preferences: JSON.stringify({ '🔑': ['𝄞', '\u0001', '"\\'] }),
  });
  await insert('2^53 + 1', { loyalty_points: '9007199254740993', birth_date: '2000-02-29' });
  await insert('2^64 - 1', { loyalty_points: '18446744073709551615', birth_date: '1000-01-01' });
  for (let start = 0; start < everyByte.length; start += 64) {
    await insert(`bytes from ${start}`, { avatar: everyByte.subarray(start, start + 64) });
  }
  const filled = await writer.update(
    withNull,
    { birth_date: '1999-12-31', avatar: everyByte.subarray(127, 130) },
    'NULL to value',
  );
  return writer.update(filled, { birth_date: null }, 'value to NULL');
}

async function specialProducts(writer: Writer): Promise<Row> {
  const insert = (special: string, values: Row['values']): Promise<Row> =>
    writer.insert('products', { ...writer.newValues('products', []), ...values }, special);
  const trailingZeros = Buffer.alloc(32);
  trailingZeros.set([0x00, 0x80, 0xff, 0x0a], 0);
  await insert('trailing zero bytes', { image_digest: trailingZeros });
  await insert('only zero bytes', { image_digest: Buffer.alloc(32) });
  await insert('high bytes', { image_digest: everyByte.subarray(224), attributes: null });
  await insert('greatest decimal', { price: '9999999999.99', released_on: '9999-12-31' });
  return insert('nested JSON', { price: '0.10', attributes: '{"a": {"b": [1.5, null, true, "é😀"]}, "big": 1e300}' });
}

async function specialOrders(writer: Writer, customer: Row): Promise<void> {
  const notes = [null, '', 'line\nbreak\ttab \\ back "quote" \u0007', '<b>&amp;</b> 😀 ＄{x} %s'];
  for (const [index, status] of statuses.entries()) {
    const values = { ...writer.newValues('orders', [customer]), status, note: notes[index] ?? null };
    await writer.insert('orders', values, `status '${status}', note ${JSON.stringify(values.note)}`);
  }
}

/** Gives the first and the last of the items written. */
async function transaction(writer: Writer, customer: Row, product: Row): Promise<readonly [Row, Row]> {
  const items: Row[] = [];
  await writer.transaction(async () => {
    const order = await writer.insert('orders', writer.newValues('orders', [customer]), 'transaction');
    for (let line = 0; line < 3; line += 1) {
      items.push(await writer.insert('order_items', writer.newValues('order_items', [order, product]), 'transaction'));
    }
    await writer.update(product, { title: 'changed in a transaction' }, 'transaction');
  });
  const [first, , last] = items;
  if (first === undefined || last === undefined) throw new Error('the transaction wrote no items');
  return [first, last];
}

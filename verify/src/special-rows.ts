import type { Random } from '@tidb-cdc/jobs/shop/random';
import { type Row, statuses, type Values } from '@tidb-cdc/jobs/shop/tables';
import { newCustomer, newProduct } from '@tidb-cdc/jobs/shop/values';
import type { ShopWriter } from '@tidb-cdc/jobs/shop/writer';

/** Number of changes that {@link writeSpecialRows} makes; the mix fills up to the requested counts. */
export const specialCounts = { insert: 21, update: 4, delete: 1 } as const;

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

const customers: Readonly<Record<string, Values>> = {
  '4-byte text': {
    full_name: '🦀 𠜎𝒳 Zoë 👩‍👩‍👧',
    preferences: JSON.stringify({ '🔑': ['𝄞', '\u0001', '"\\'] }),
  },
  '2^53 + 1': { loyalty_points: '9007199254740993', birth_date: '2000-02-29' },
  '2^64 - 1': { loyalty_points: '18446744073709551615', birth_date: '1000-01-01' },
  'last millisecond': { created_at: '9999-12-31 23:59:59.999' },
  ...Object.fromEntries(
    [0, 64, 128, 192].map((start) => [`bytes from ${start}`, { avatar: everyByte.subarray(start, start + 64) }]),
  ),
};

const products: Readonly<Record<string, Values>> = {
  'trailing zero bytes': { image_digest: Buffer.concat([Buffer.from([0x00, 0x80, 0xff, 0x0a]), Buffer.alloc(28)]) },
  'only zero bytes': { image_digest: Buffer.alloc(32) },
  'high bytes': { image_digest: everyByte.subarray(224), attributes: null },
  'greatest decimal': { price: '9999999999.99', released_on: '9999-12-31' },
};

const notes = [null, '', 'line\nbreak\ttab \\ back "quote" \u0007', '<b>&amp;</b> 😀 ＄{x} %s'];

/**
 * Writes rows that pipelines often get wrong: NULL, text outside the Basic Multilingual Plane, numbers that a double
 * cannot hold, every byte, trailing zeros, ends of ranges; a transaction, a rolled-back one, and a changed key.
 */
export async function writeSpecialRows(writer: ShopWriter, random: Random, marker: string): Promise<void> {
  let number = 0;
  const unique = (): string => {
    number += 1;
    return `${marker}-special-${number}`;
  };
  const insertCustomer = (special: string, values: Values): Promise<Row> =>
    writer.insert('customers', { ...newCustomer(random, unique()), ...values }, special);
  const insertProduct = (special: string, values: Values): Promise<Row> =>
    writer.insert('products', { ...newProduct(random, unique()), ...values }, special);

  const withNull = await insertCustomer('NULL', { birth_date: null, avatar: null });
  for (const [special, values] of Object.entries(customers)) await insertCustomer(special, values);
  const bytes = { birth_date: '1999-12-31', avatar: everyByte.subarray(127, 130) };
  const filled = await writer.update(withNull, bytes, 'NULL to value');
  const customer = await writer.update(filled, { birth_date: null }, 'value to NULL');

  for (const [special, values] of Object.entries(products)) await insertProduct(special, values);
  const nested = '{"a": {"b": [1.5, null, true, "é😀"]}, "big": 1e300}';
  const product = await insertProduct('nested JSON', { price: '0.10', attributes: nested });

  const { customer_id = null } = customer.values;
  for (const [index, status] of statuses.entries()) {
    const note = notes[index] ?? null;
    await writer.insert('orders', { customer_id, status, note }, `status '${status}', note ${JSON.stringify(note)}`);
  }

  const [first, last] = await writer.transaction(async () => {
    const { values } = await writer.insert('orders', { customer_id }, 'transaction');
    const { order_id = null } = values;
    const item = { order_id, product_id: product.values.product_id ?? null, quantity: 1, unit_price: '0.10' };
    const insertItem = (line_number: number) => writer.insert('order_items', { ...item, line_number }, 'transaction');
    const items = [await insertItem(1), await insertItem(2)] as const;
    await writer.update(product, { title: 'changed in a transaction' }, 'transaction');
    return items;
  });
  await writer.transaction(async () => {
    // A document with this email is an event that never happened.
    await writer.insert('customers', { ...newCustomer(random, `${marker}-rolled-back`) });
    await writer.update(product, { title: 'never to be seen' });
  }, 'ROLLBACK');
  await writer.update(first, { line_number: 1_000_001 }, 'primary key changed');
  await writer.delete(last, 'deleted row of a transaction');
}

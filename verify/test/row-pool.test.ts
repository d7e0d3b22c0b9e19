import { expect, test } from 'vitest';
import { createRandom } from '../src/random.ts';
import { RowPool } from '../src/row-pool.ts';
import type { Row } from '../src/tables.ts';

const customer = (id: number): Row => ({ table: 'customers', values: { customer_id: id } });
const order = (id: number, customerId: number): Row => ({
  table: 'orders',
  values: { order_id: id, customer_id: customerId },
});

test('a row that another refers to is never offered for deletion', () => {
  const pool = new RowPool(createRandom(1));
  const [referred, free] = [customer(1), customer(2)];
  for (const row of [referred, free, order(1, 1)]) pool.add(row);
  for (let turn = 0; turn < 20; turn += 1) expect(pool.deletable('customers')).toBe(free);
});

test('the last row of a table stays, and another table makes up for it', () => {
  const pool = new RowPool(createRandom(1));
  for (const row of [customer(1), order(1, 1)]) pool.add(row);
  expect(pool.deletable('customers')).toBeUndefined();
  const second = order(2, 1);
  pool.add(second);
  expect(['1', '2']).toContain(String(pool.deletable('customers')?.values.order_id));
  pool.remove(second);
  expect(pool.deletable('orders')).toBeUndefined();
});

test('parents are rows that exist, one of each table referred to', () => {
  const pool = new RowPool(createRandom(1));
  const product: Row = { table: 'products', values: { product_id: 5 } };
  for (const row of [customer(1), order(1, 1), product]) pool.add(row);
  expect(pool.parentsFor('order_items')).toEqual([order(1, 1), product]);
  expect(pool.parentsFor('customers')).toEqual([]);
});

test('a row takes the place of its former self', () => {
  const pool = new RowPool(createRandom(1));
  const before = customer(1);
  const after: Row = { table: 'customers', values: { customer_id: 1, full_name: 'B' } };
  pool.add(before);
  pool.replace(before, after);
  expect(pool.any('customers')).toBe(after);
});

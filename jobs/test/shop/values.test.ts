import { expect, test } from 'vitest';
import { createRandom } from '../../src/shop/random.ts';
import { nextStatus, type Row, statuses } from '../../src/shop/tables.ts';
import { newCustomer, newProduct, otherValues } from '../../src/shop/values.ts';

const random = createRandom(1);

test('new values differ from those that are there: an unchanged row makes no event', () => {
  const rows: Row[] = [
    { table: 'customers', values: { customer_id: 1, ...newCustomer(random, 'c') } },
    { table: 'products', values: { product_id: 1, ...newProduct(random, 'p') } },
    { table: 'orders', values: { order_id: 1, status: 'cancelled', note: null } },
    { table: 'order_items', values: { order_id: 1, line_number: 1, quantity: 12 } },
  ];
  for (let row of rows) {
    for (let turn = 0; turn < 50; turn += 1) {
      const other = otherValues(random, row);
      expect(Object.entries(other).some(([column, value]) => value !== row.values[column])).toBe(true);
      row = { ...row, values: { ...row.values, ...other } };
    }
  }
});

test('the same seed gives the same rows', () => {
  expect(newCustomer(createRandom(7), 'x')).toEqual(newCustomer(createRandom(7), 'x'));
  expect(newProduct(createRandom(7), 'x')).not.toEqual(newProduct(createRandom(8), 'x'));
});

test('an order goes through all states and begins again', () => {
  expect(statuses.map(nextStatus)).toEqual(['paid', 'shipped', 'cancelled', 'new']);
});

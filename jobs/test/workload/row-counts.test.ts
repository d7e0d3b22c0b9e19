import { expect, it } from 'vitest';
import { RowCounts } from '../../src/workload/row-counts.ts';

it('counts by table and operation, with zeros for what did not happen', () => {
  const counts = new RowCounts();
  counts.add({ table: 'orders', operation: 'insert', rows: 1 });
  counts.add({ table: 'order_items', operation: 'insert', rows: 3 });
  counts.add({ table: 'order_items', operation: 'insert', rows: 2 });
  counts.add({ table: 'orders', operation: 'delete', rows: 0 });
  expect(counts.total).toBe(6);
  expect(counts.ofOperation('insert')).toBe(6);
  const none = { insert: 0, update: 0, delete: 0 };
  expect(counts.toTable()).toEqual({
    customers: none,
    products: none,
    orders: { ...none, insert: 1 },
    order_items: { ...none, insert: 5 },
  });
});

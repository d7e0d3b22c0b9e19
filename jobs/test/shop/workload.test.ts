import { operations } from '@tidb-cdc/runtime/operations';
import { expect, test } from 'vitest';
import { countOf, furthestBehind, noChanges, totalOf } from '../../src/shop/workload.ts';

test('changes are counted by table and operation', () => {
  const counts = noChanges();
  counts.orders.insert += 1;
  counts.order_items.insert += 5;
  counts.order_items.delete += 2;
  expect(operations.map((operation) => countOf(counts, operation))).toEqual([6, 0, 2]);
  expect(totalOf(counts)).toBe(8);
});

test('the operation that is furthest behind its share is next', () => {
  const counts = noChanges();
  expect(furthestBehind(counts)).toBe('insert');
  counts.orders.insert = 60;
  counts.orders.update = 40;
  expect(furthestBehind(counts)).toBe('delete');
});

test('the shares come out, whatever number of rows a change has', () => {
  const counts = noChanges();
  while (totalOf(counts) < 10_000) {
    const operation = furthestBehind(counts);
    counts.order_items[operation] += operation === 'insert' ? 4 : 2;
  }
  const shares = operations.map((operation) => countOf(counts, operation) / totalOf(counts));
  expect(shares.map((share) => share.toFixed(2))).toEqual(['0.60', '0.30', '0.10']);
});

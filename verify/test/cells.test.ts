import { expect, test } from 'vitest';
import { byOperation, cellKey, cellOf, countCells, growth, total } from '../src/cells.ts';

const changes = [
  { table: 'shop.a', operation: 'insert' },
  { table: 'shop.a', operation: 'insert' },
  { table: 'shop.a', operation: 'delete' },
  { table: 'shop.with space', operation: 'insert' },
] as const;

test('a key tells its table and operation, whatever the table is called', () => {
  expect(cellOf(cellKey('shop.with space', 'update'))).toEqual({ table: 'shop.with space', operation: 'update' });
});

test('counts changes by table and operation, and sums them', () => {
  const cells = countCells(changes);
  expect(Object.fromEntries(cells)).toEqual({ 'shop.a insert': 2, 'shop.a delete': 1, 'shop.with space insert': 1 });
  expect(total(cells)).toBe(4);
  expect(Object.fromEntries(byOperation(cells))).toEqual({ insert: 3, update: 0, delete: 1 });
});

test('growth has the cells that changed: also those that are new, and those that shrank', () => {
  const before = new Map([
    ['shop.a insert', 2],
    ['shop.a update', 5],
    ['shop.b insert', 3],
  ]);
  const after = new Map([
    ['shop.a insert', 2],
    ['shop.a update', 6],
    ['shop.c delete', 1],
  ]);
  expect(Object.fromEntries(growth(before, after))).toEqual({
    'shop.a update': 1,
    'shop.b insert': -3,
    'shop.c delete': 1,
  });
});

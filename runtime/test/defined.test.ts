import { expect, test } from 'vitest';
import { defined } from '../src/defined.ts';

test('leaves out what is undefined, and nothing else that is empty', () => {
  expect(Object.entries(defined({ a: undefined, b: null, c: '', d: 0, e: false }))).toEqual([
    ['b', null],
    ['c', ''],
    ['d', 0],
    ['e', false],
  ]);
});

test('may be spread where an optional property must not be undefined', () => {
  const find = (name?: string): { readonly id: number; readonly name?: string } => ({ id: 1, ...defined({ name }) });
  expect(Object.keys(find())).toEqual(['id']);
  expect(find('one')).toEqual({ id: 1, name: 'one' });
});

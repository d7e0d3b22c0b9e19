import { expect, test } from 'vitest';
import { mixProblems } from '../src/mix.ts';

test('the default numbers are fine, and so are the least', () => {
  expect(mixProblems({ insert: 300, update: 200, delete: 100 })).toEqual([]);
  expect(mixProblems({ insert: 29, update: 8, delete: 5 })).toEqual([]);
});

test('every operation needs room for its special rows and one random row a table', () => {
  expect(mixProblems({ insert: 24, update: 7, delete: 0 })).toEqual([
    "'--inserts' (24) must be at least 25",
    "'--updates' (7) must be at least 8",
    "'--deletes' (0) must be at least 5",
  ]);
});

test('a row of each table stays, and the special ones', () => {
  expect(mixProblems({ insert: 100, update: 50, delete: 77 })).toEqual([
    "'--deletes' (77) must be at most '--inserts' (100) minus 24 rows that are never deleted",
  ]);
  expect(mixProblems({ insert: 100, update: 50, delete: 76 })).toEqual([]);
});

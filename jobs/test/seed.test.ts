import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shopTables } from '../src/database.ts';
import { splitSql } from '../src/sql-text.ts';

/** The rows of seed.sql by table: texts of the values as they stand in the file. */
const seed = new Map(
  splitSql(readFileSync(new URL('../../database/seed.sql', import.meta.url), 'utf8'), ';').map((statement) => {
    const [head = '', rows = ''] = statement.split(/\sVALUES\s/);
    const table = /^INSERT INTO (\w+)\s/.exec(head)?.[1] ?? '';
    return [table, splitSql(rows, ',').map((row) => splitSql(row.slice(1, -1), ','))] as const;
  }),
);

function rowsOf(table: (typeof shopTables)[number]): readonly string[][] {
  return seed.get(table) ?? [];
}

describe('seed.sql', () => {
  it('fills the four tables in an order that the foreign keys allow', () => {
    expect([...seed.keys()]).toEqual([...shopTables]);
    expect(shopTables.map((table) => rowsOf(table).length)).toEqual([20, 15, 30, 70]);
  });

  it('gives every row its id, so that a second run cannot add rows', () => {
    for (const table of ['customers', 'products', 'orders'] as const) {
      expect(rowsOf(table).map(([id]) => Number(id))).toEqual(rowsOf(table).map((_, index) => index + 1));
    }
    const lines = rowsOf('order_items').map(([order, line]) => `${order}/${line}`);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('has totals that are the sums of their items', () => {
    const cents = (price: string | undefined) => Math.round(Number(price) * 100);
    const sums = new Map<string, number>();
    for (const [order = '', , , quantity, price] of rowsOf('order_items')) {
      sums.set(order, (sums.get(order) ?? 0) + Number(quantity) * cents(price));
    }
    expect(rowsOf('orders').map(([id = '', , , total]) => [id, cents(total)])).toEqual([...sums]);
  });

  it('shows what a stream of changes has to carry', () => {
    const text = readFileSync(new URL('../../database/seed.sql', import.meta.url), 'utf8');
    for (const script of ['Han', 'Cyrillic', 'Arabic', 'Hebrew', 'Devanagari', 'Hangul', 'Greek', 'Thai']) {
      expect(text).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
    }
    expect(text).toMatch(/\p{Emoji_Presentation}/u);
    expect(text).toContain('NULL');
    expect(text).toContain('9007199254740993');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { splitSql } from '../src/sql-text.ts';
import { compareTables, normalizeType, parseCreateTable, type TableDefinition } from '../src/table-definition.ts';

const schema = readFileSync(new URL('../../database/schema.sql', import.meta.url), 'utf8');

const parcels: TableDefinition = {
  table: 'parcels',
  columns: [
    { name: 'id', type: 'bigint', nullable: false, optional: true },
    { name: 'label', type: 'varchar(20)', nullable: true, optional: true },
  ],
  primaryKey: ['id'],
};

describe('parseCreateTable', () => {
  it('reads every table of the shop', () => {
    const tables = splitSql(schema, ';').map(parseCreateTable);
    expect(tables.map(({ table }) => table)).toEqual(['customers', 'products', 'orders', 'order_items']);
    expect(tables[3]?.primaryKey).toEqual(['order_id', 'line_number']);
    expect(tables[2]?.columns).toEqual([
      { name: 'order_id', type: 'bigint', nullable: false, optional: true },
      { name: 'customer_id', type: 'bigint', nullable: false, optional: false },
      { name: 'status', type: "enum('new','paid','shipped','cancelled')", nullable: false, optional: true },
      { name: 'total', type: 'decimal(14,2)', nullable: false, optional: true },
      { name: 'note', type: 'text', nullable: true, optional: true },
      { name: 'placed_at', type: 'datetime(3)', nullable: false, optional: true },
    ]);
  });

  it('refuses another statement, and a table without a key', () => {
    expect(() => parseCreateTable('ALTER TABLE t ADD c INT')).toThrow('CREATE TABLE statements only');
    expect(() => parseCreateTable('CREATE TABLE t (c INT)')).toThrow('table t has no PRIMARY KEY');
  });
});

describe('normalizeType', () => {
  it.each([
    ['BIGINT UNSIGNED NOT NULL', 'bigint(20) unsigned'],
    ['INT NOT NULL', 'int(11)'],
    ['JSON NULL', 'longtext'],
    ['json', 'longtext'],
    ['DECIMAL(12, 2)', 'decimal(12,2)'],
    ["ENUM('a', 'b)')", "enum('a','b)')"],
    ['DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3)', 'datetime(3)'],
  ])('takes %s and %s for the same', (written, stored) => {
    expect(normalizeType(written)).toBe(normalizeType(stored));
  });

  it('tells lengths, signs and kinds apart', () => {
    const types = [
      'varchar(20)',
      'varchar(30)',
      'binary(20)',
      'bigint',
      'bigint unsigned',
      'decimal(5,2)',
      'decimal(5,3)',
    ];
    expect(new Set(types.map(normalizeType)).size).toBe(types.length);
  });
});

describe('compareTables', () => {
  it('finds nothing where nothing differs', () => {
    expect(compareTables(parcels, parcels)).toEqual({ conflicts: [], extra: [] });
  });

  it('names table and column of a missing and of a different column', () => {
    const found = { ...parcels, columns: [{ name: 'label', type: 'varchar(9)', nullable: false, optional: false }] };
    expect(compareTables(parcels, found).conflicts).toEqual([
      'parcels.id is missing (bigint not null)',
      'parcels.label is varchar(9) not null, the schema says varchar(20) null',
    ]);
  });

  it('names a primary key of other columns, or of the same in another order', () => {
    const wanted = { ...parcels, primaryKey: ['a', 'b'] };
    expect(compareTables(wanted, { ...parcels, primaryKey: ['b', 'a'] }).conflicts).toEqual([
      'parcels has the primary key (b, a), the schema says (a, b)',
    ]);
  });

  it('tolerates a further column unless every insert would have to give it a value', () => {
    const column = { name: 'extra', type: 'int', nullable: true, optional: true };
    const lenient = compareTables(parcels, { ...parcels, columns: [...parcels.columns, column] });
    expect(lenient).toEqual({ conflicts: [], extra: ['parcels.extra'] });
    const required = { ...column, nullable: false, optional: false };
    const strict = compareTables(parcels, { ...parcels, columns: [...parcels.columns, required] });
    expect(strict.extra).toEqual([]);
    expect(strict.conflicts).toEqual([
      'parcels.extra is not in the schema and every insert would have to give it a value',
    ]);
  });
});

import type { SqlValue } from '@tidb-cdc/runtime/sql';

/** What to know of a table beyond its name. */
export interface TableFacts {
  /** columns of the primary key, in its order; the database numbers a key of one column */
  readonly key: readonly string[];
  /** columns whose text cannot be compared as it stands */
  readonly enums: readonly string[];
  readonly json: readonly string[];
  readonly binary: readonly string[];
}

/** The tables of the demo shop, in an order in which foreign keys allow inserts. */
export const tables = {
  customers: { key: ['customer_id'], enums: [], json: ['preferences'], binary: ['avatar'] },
  products: { key: ['product_id'], enums: [], json: ['attributes'], binary: ['image_digest'] },
  orders: { key: ['order_id'], enums: ['status'], json: [], binary: [] },
  order_items: { key: ['order_id', 'line_number'], enums: [], json: [], binary: [] },
} as const satisfies Readonly<Record<string, TableFacts>>;

export type ShopTable = keyof typeof tables;
export const shopTables = Object.keys(tables) as readonly ShopTable[];

/** Columns with the values they were written with. */
export type Values = Readonly<Record<string, SqlValue>>;

/** A row of which at least the key is known. */
export interface Row {
  readonly table: ShopTable;
  readonly values: Values;
}

/** Columns of a primary key with their values as text, in the key's order. */
export type Key = Readonly<Record<string, string>>;

/** A row's primary key. */
export function keyOf({ table, values }: Row): Key {
  return Object.fromEntries(tables[table].key.map((column) => [column, String(values[column])]));
}

/** The states of an order: each follows the one before it, and the first the last. */
export const statuses = ['new', 'paid', 'shipped', 'cancelled'] as const;

/** The status that an order takes next. */
export function nextStatus(status: unknown): string {
  const all: readonly unknown[] = statuses;
  return statuses[(all.indexOf(status) + 1) % statuses.length] ?? statuses[0];
}

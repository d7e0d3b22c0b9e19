import type { SqlValue } from '@tidb-cdc/runtime/sql';

/** Facts about a table. */
export interface TableFacts {
  /** columns of the primary key, in order; the database generates a key of one column */
  readonly key: readonly string[];
  /** columns whose text cannot be compared as it is */
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

/** Columns and the values that were written to them. */
export type Values = Readonly<Record<string, SqlValue>>;

/** A row; at least the values of its key are known. */
export interface Row {
  readonly table: ShopTable;
  readonly values: Values;
}

/** Columns of a primary key with their values as text, in the key's order. */
export type Key = Readonly<Record<string, string>>;

/** Returns a row's primary key. */
export function keyOf({ table, values }: Row): Key {
  return Object.fromEntries(tables[table].key.map((column) => [column, String(values[column])]));
}

/** The states of an order, in the order that they follow each other. The first follows the last. */
export const statuses = ['new', 'paid', 'shipped', 'cancelled'] as const;

/** Returns the status that follows. */
export function nextStatus(status: unknown): string {
  const all: readonly unknown[] = statuses;
  return statuses[(all.indexOf(status) + 1) % statuses.length] ?? statuses[0];
}

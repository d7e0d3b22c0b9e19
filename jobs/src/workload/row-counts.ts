import type { Operation } from '@tidb-cdc/runtime/operations';
import { type ShopTable, shopTables } from '../database.ts';

/** Rows that one statement changed, as a stream of changes shows them: a row found but left the same is none. */
export interface RowChanges {
  readonly table: ShopTable;
  readonly operation: Operation;
  readonly rows: number;
}

/** Row changes by table and operation. */
export type RowCountTable = Readonly<Record<ShopTable, Readonly<Record<Operation, number>>>>;

/** Counts committed row changes. */
export class RowCounts {
  readonly #counts = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add({ table, operation, rows }: RowChanges): void {
    this.#total += rows;
    this.#counts.set(`${table} ${operation}`, this.of(table, operation) + rows);
  }

  of(table: ShopTable, operation: Operation): number {
    return this.#counts.get(`${table} ${operation}`) ?? 0;
  }

  ofOperation(operation: Operation): number {
    return shopTables.reduce((sum, table) => sum + this.of(table, operation), 0);
  }

  /** All tables and operations, the zeros too. */
  toTable(): RowCountTable {
    const row = (table: ShopTable) => ({
      insert: this.of(table, 'insert'),
      update: this.of(table, 'update'),
      delete: this.of(table, 'delete'),
    });
    return {
      customers: row('customers'),
      products: row('products'),
      orders: row('orders'),
      order_items: row('order_items'),
    };
  }
}

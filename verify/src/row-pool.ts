import type { Random } from './random.ts';
import { type Row, type TableName, tableNames, tables } from './tables.ts';

/**
 * The random rows that exist at a moment. One row of each table always stays, so that there is something to refer to
 * and to update, and a row that another refers to is never offered for deletion.
 */
export class RowPool {
  readonly #random: Random;
  readonly #rows: Record<TableName, Row[]> = { customers: [], products: [], orders: [], order_items: [] };

  constructor(random: Random) {
    this.#random = random;
  }

  add(row: Row): void {
    this.#rows[row.table].push(row);
  }

  replace(before: Row, after: Row): void {
    this.remove(before);
    this.add(after);
  }

  remove(row: Row): void {
    this.#rows[row.table] = this.#rows[row.table].filter((other) => other !== row);
  }

  any(table: TableName): Row {
    return this.#random.pick(this.#rows[table]);
  }

  /** A row of each table that a row of this table refers to. */
  parentsFor(table: TableName): readonly Row[] {
    return tables[table].parents.map((parent) => this.any(parent.table));
  }

  /** A row of the table that can be deleted, or else of the next table that has one; undefined where none has. */
  deletable(table: TableName): Row | undefined {
    const start = tableNames.indexOf(table);
    for (const candidate of [...tableNames.slice(start), ...tableNames.slice(0, start)]) {
      const rows = this.#rows[candidate];
      const free = rows.filter((row) => !this.#isReferredTo(row));
      if (rows.length > 1 && free.length > 0) return this.#random.pick(free);
    }
    return undefined;
  }

  #isReferredTo(row: Row): boolean {
    return tableNames.some((child) =>
      tables[child].parents.some(
        ({ table, column }) =>
          table === row.table && this.#rows[child].some((other) => other.values[column] === row.values[column]),
      ),
    );
  }
}

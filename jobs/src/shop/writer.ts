import { defined } from '@tidb-cdc/runtime/defined';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { change, type SqlValue } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import { type Key, keyOf, type Row, type ShopTable, tables, type Values } from './tables.ts';

/** A committed row change. */
export interface RowChange {
  readonly table: ShopTable;
  readonly operation: Operation;
  readonly key: Key;
  /** the row's former key, if the change gave it another */
  readonly previousKey?: Key;
  /** what the row is meant to prove; absent for random rows */
  readonly special?: string;
}

/** The row to change is gone or no longer as it was, because another client changed it. */
export class RowGone extends Error {
  override readonly name = 'RowGone';
}

/** MySQL's error number for deleting a row that a foreign key refers to. */
const rowIsReferredTo = 1451;

/**
 * Writes rows of the shop and passes every committed change to `record`, in order. After an error in a transaction, the
 * caller must roll back or close the connection.
 */
export class ShopWriter {
  readonly #connection: Connection;
  readonly #record: (change: RowChange) => void;
  /** changes of the open transaction */
  #uncommitted: RowChange[] | undefined;

  constructor(connection: Connection, record: (change: RowChange) => void) {
    this.#connection = connection;
    this.#record = record;
  }

  /** Inserts a row and returns it, with the key if the database generated it. */
  async insert(table: ShopTable, values: Values, special?: string): Promise<Row> {
    const columns = Object.keys(values);
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    const { insertId } = await change(this.#connection, sql, Object.values(values));
    const [column, ...others] = tables[table].key;
    const row = { table, values: others.length > 0 ? values : { ...values, [column]: insertId } };
    this.#changed({ table, operation: 'insert', key: keyOf(row), ...defined({ special }) });
    return row;
  }

  /**
   * Updates a row and returns it with its new values.
   *
   * @throws RowGone when nothing changes, even because the row already has these values: that makes no event
   */
  async update(row: Row, values: Values, special?: string): Promise<Row> {
    const { table } = row;
    const assignments = Object.keys(values).map((column) => `${column} = ?`);
    await this.#changeOne(`UPDATE ${table} SET ${assignments.join(', ')}`, Object.values(values), row);
    const after = { table, values: { ...row.values, ...values } };
    const [key, former] = [keyOf(after), keyOf(row)];
    const previousKey = JSON.stringify(key) === JSON.stringify(former) ? undefined : former;
    this.#changed({ table, operation: 'update', key, ...defined({ previousKey, special }) });
    return after;
  }

  /**
   * Deletes a row. Returns false when it has to stay because rows of other clients refer to it.
   *
   * @throws RowGone when it does not exist
   */
  async delete(row: Row, special?: string): Promise<boolean> {
    try {
      await this.#changeOne(`DELETE FROM ${row.table}`, [], row);
    } catch (error) {
      if ((error as { errno?: number }).errno === rowIsReferredTo) return false;
      throw error;
    }
    this.#changed({ table: row.table, operation: 'delete', key: keyOf(row), ...defined({ special }) });
    return true;
  }

  /** Runs the writes of `work` as one transaction. If it is rolled back, none of them is recorded. */
  async transaction<T>(work: () => Promise<T>, end: 'COMMIT' | 'ROLLBACK' = 'COMMIT'): Promise<T> {
    const changes: RowChange[] = [];
    this.#uncommitted = changes;
    try {
      await change(this.#connection, 'START TRANSACTION');
      const result = await work();
      await change(this.#connection, end);
      if (end === 'COMMIT') changes.forEach(this.#record);
      return result;
    } finally {
      this.#uncommitted = undefined;
    }
  }

  async #changeOne(sql: string, values: readonly SqlValue[], row: Row): Promise<void> {
    const { key } = tables[row.table];
    const condition = key.map((column) => `${column} = ?`).join(' AND ');
    const all = [...values, ...key.map((column) => row.values[column] ?? null)];
    const { affectedRows } = await change(this.#connection, `${sql} WHERE ${condition}`, all);
    if (affectedRows !== 1) {
      throw new RowGone(`expected to change one row, changed ${affectedRows}: ${sql} at ${JSON.stringify(keyOf(row))}`);
    }
  }

  #changed(change: RowChange): void {
    if (this.#uncommitted === undefined) this.#record(change);
    else this.#uncommitted.push(change);
  }
}

import { defined } from '@tidb-cdc/runtime/defined';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { change, type SqlValue } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import { type Key, keyOf, type Row, type ShopTable, tables, type Values } from './tables.ts';

/** A row change that was committed. */
export interface RowChange {
  readonly table: ShopTable;
  readonly operation: Operation;
  readonly key: Key;
  /** the key the row had before, where the change gave it another */
  readonly previousKey?: Key;
  /** what the row is there to prove; absent for the random ones */
  readonly special?: string;
}

/** A row that was to change is not there any more, or not as it was: someone else changed it. */
export class RowGone extends Error {
  override readonly name = 'RowGone';
}

/** MySQL's error number for a foreign key that holds a row. */
const rowIsReferredTo = 1451;

/**
 * Writes rows of the shop, and tells every change that is committed in the order it was made. After an error in a
 * transaction the caller rolls back or closes the connection.
 */
export class ShopWriter {
  readonly #connection: Connection;
  readonly #record: (change: RowChange) => void;
  /** changes of the transaction that is open */
  #uncommitted: RowChange[] | undefined;

  constructor(connection: Connection, record: (change: RowChange) => void) {
    this.#connection = connection;
    this.#record = record;
  }

  /** Gives the row with the number that the database gave it. */
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
   * Gives the row as it is afterwards.
   *
   * @throws RowGone where nothing changes, also because the values are those it has: that makes no event
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
   * Gives false where the row has to stay, since others made rows that refer to it.
   *
   * @throws RowGone where it is not there
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

  /** Runs the writes of `work` as one transaction. Rolled back, none of them is told. */
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

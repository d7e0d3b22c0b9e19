import type { Operation } from '@tidb-cdc/runtime/operations';
import type { Connection } from 'mysql2/promise';
import { change, type SqlValue } from './clients/sql.ts';
import type { Random } from './random.ts';
import { type Row, type TableName, tables, type Values } from './tables.ts';

/** Columns of a primary key with their values as text, in the key's order. */
export type Key = Readonly<Record<string, string>>;

/** A row change that was committed. */
export interface WrittenChange {
  readonly table: TableName;
  readonly operation: Operation;
  readonly key: Key;
  /** The key the row had before, where the change gave it another. */
  readonly previousKey?: Key;
  /** What the row is there to prove; absent for the random ones. */
  readonly special?: string;
}

/** MySQL's error number for a foreign key that holds a row. */
const rowIsReferredTo = 1451;

/** Writes rows of one run and remembers every change in the order it was made. */
export class Writer {
  readonly changes: WrittenChange[] = [];
  readonly marker: string;
  readonly random: Random;
  readonly #connection: Connection;
  #rows = 0;

  /** `marker` begins the email, sku and note of every row, so it must be one that no other run has. */
  constructor(connection: Connection, random: Random, marker: string) {
    this.#connection = connection;
    this.random = random;
    this.marker = marker;
  }

  /** Values of a new row under the given parents, unlike those of any other row of the run. */
  newValues(table: TableName, parents: readonly Row[]): Values {
    const references = tables[table].parents.map(({ table: parent, column }) => {
      const row = parents.find((candidate) => candidate.table === parent);
      if (row === undefined) throw new Error(`a row of ${table} needs one of ${parent}`);
      return [column, row.values[column] ?? null] as const;
    });
    this.#rows += 1;
    return { ...Object.fromEntries(references), ...tables[table].create(this.random, this.marker, this.#rows) };
  }

  async insert(table: TableName, values: Values, special?: string): Promise<Row> {
    const columns = Object.keys(values);
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    const { insertId } = await change(this.#connection, sql, Object.values(values));
    const { numbered } = tables[table];
    const row = { table, values: numbered === undefined ? values : { ...values, [numbered]: insertId } };
    this.#remember({ table, operation: 'insert', key: keyOf(row), ...(special === undefined ? {} : { special }) });
    return row;
  }

  /** Gives the row as it is afterwards. Throws where the new values change nothing: that makes no event. */
  async update(row: Row, values: Values, special?: string): Promise<Row> {
    const assignments = Object.keys(values).map((column) => `${column} = ?`);
    const sql = `UPDATE ${row.table} SET ${assignments.join(', ')} WHERE ${keyCondition(row)}`;
    await this.#changeOne(sql, [...Object.values(values), ...keyValues(row)]);
    const after = { table: row.table, values: { ...row.values, ...values } };
    const key = keyOf(after);
    const previousKey = keyOf(row);
    const moved = JSON.stringify(key) !== JSON.stringify(previousKey);
    this.#remember({
      table: row.table,
      operation: 'update',
      key,
      ...(moved ? { previousKey } : {}),
      ...(special === undefined ? {} : { special }),
    });
    return after;
  }

  /** Gives false where the row has to stay, since others made rows that refer to it. */
  async delete(row: Row, special?: string): Promise<boolean> {
    try {
      await this.#changeOne(`DELETE FROM ${row.table} WHERE ${keyCondition(row)}`, keyValues(row));
    } catch (error) {
      if ((error as { errno?: number }).errno === rowIsReferredTo) return false;
      throw error;
    }
    const operation = 'delete';
    this.#remember({ table: row.table, operation, key: keyOf(row), ...(special === undefined ? {} : { special }) });
    return true;
  }

  /** Runs the writes of `work` as one transaction. */
  async transaction(work: () => Promise<void>): Promise<void> {
    await change(this.#connection, 'START TRANSACTION');
    await work();
    await change(this.#connection, 'COMMIT');
  }

  /** Runs the writes of `work` and takes them all back; none of them is remembered. */
  async rolledBack(work: () => Promise<void>): Promise<void> {
    const remembered = this.changes.length;
    await change(this.#connection, 'START TRANSACTION');
    await work();
    await change(this.#connection, 'ROLLBACK');
    this.changes.length = remembered;
  }

  async #changeOne(sql: string, values: readonly SqlValue[]): Promise<void> {
    const { affectedRows } = await change(this.#connection, sql, values);
    if (affectedRows !== 1) throw new Error(`one row should change, ${affectedRows} did: ${sql}`);
  }

  #remember(written: WrittenChange): void {
    this.changes.push(written);
  }
}

/** A row's primary key. */
export function keyOf(row: Row): Key {
  return Object.fromEntries(tables[row.table].key.map((column) => [column, String(row.values[column])]));
}

function keyCondition(row: Row): string {
  return tables[row.table].key.map((column) => `${column} = ?`).join(' AND ');
}

function keyValues(row: Row): readonly SqlValue[] {
  return tables[row.table].key.map((column) => row.values[column] ?? null);
}

import { database } from '@tidb-cdc/charts/pipeline';
import type { Key } from '@tidb-cdc/jobs/shop/tables';
import type { RowChange } from '@tidb-cdc/jobs/shop/writer';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { allOf, anyOf, type Found, ofTable, type Query } from './clients/elasticsearch.ts';
import type { KeyChange } from './key-change.ts';

/** An event that a written change must become. */
export interface ExpectedEvent {
  /** `schema.table` */
  readonly table: string;
  readonly operation: Operation;
  readonly key: Key;
}

/** Returns the events that the written changes must become, in order. */
export function expectedEvents(changes: readonly RowChange[], keyChange: KeyChange): readonly ExpectedEvent[] {
  return changes.flatMap(({ table: name, operation, key, previousKey }): readonly ExpectedEvent[] => {
    const table = qualified(name);
    if (previousKey === undefined || keyChange === 'update') return [{ table, operation, key }];
    return [
      { table, operation: 'delete', key: previousKey },
      { table, operation: 'insert', key },
    ];
  });
}

/** Query for all documents of the run's rows: by the marker if the table has a column for it, else by order. */
export function ownDocuments(changes: readonly RowChange[], marker: string): Query {
  const orders = [...new Set(changes.map(({ key }) => key.order_id).filter((id) => id !== undefined))];
  const ofOwnOrders = { terms: { 'cdc.data.order_id': orders } };
  return anyOf(
    allOf(ofTable(qualified('customers')), { prefix: { 'cdc.data.email': `${marker}-` } }),
    allOf(ofTable(qualified('products')), { prefix: { 'cdc.data.sku': `${marker}-` } }),
    allOf(ofTable(qualified('orders')), ofOwnOrders),
    allOf(ofTable(qualified('order_items')), ofOwnOrders),
  );
}

/** The table's name qualified with its schema. */
export function qualified(table: string): string {
  return `${database}.${table}`;
}

/** Table and primary key of a row as one string. */
export function rowName(table: string, key: Readonly<Record<string, string | null>>): string {
  const columns = Object.keys(key).sort();
  return `${table} ${columns.map((column) => `${column}=${key[column]}`).join(' ')}`;
}

/** Groups documents by row (see {@link rowName}), each row's in partition order. */
export function byRow(found: readonly Found[]): ReadonlyMap<string, readonly Found[]> {
  const rows = new Map<string, Found[]>();
  for (const one of found) {
    const { schema, table, primary_key } = one.document.cdc;
    const name = rowName(`${schema}.${table}`, primary_key);
    rows.set(name, [...(rows.get(name) ?? []), one]);
  }
  return rows;
}

/** One line per row whose documents differ, in number or order, from what was written; with the documents' ids. */
export function rowDifferences(expected: readonly ExpectedEvent[], found: readonly Found[]): readonly string[] {
  const wanted = new Map<string, Operation[]>();
  for (const { table, operation, key } of expected) {
    const name = rowName(table, key);
    wanted.set(name, [...(wanted.get(name) ?? []), operation]);
  }
  const present = byRow(found);
  return [...new Set([...wanted.keys(), ...present.keys()])].flatMap((name) => {
    const written = wanted.get(name) ?? [];
    const documents = present.get(name) ?? [];
    const operations = documents.map(({ document }) => document.event.action);
    if (operations.join() === written.join()) return [];
    const ids = documents.map(({ id }) => id).join(', ');
    return [
      `${name}: written ${written.join(', ') || 'nothing'}; documents ${operations.join(', ') || 'none'} (${ids})`,
    ];
  });
}

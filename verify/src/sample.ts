import { isDeepStrictEqual } from 'node:util';
import type { Random } from '@tidb-cdc/jobs/shop/random';
import { type Key, type ShopTable, type TableFacts, tables } from '@tidb-cdc/jobs/shop/tables';
import type { RowChange } from '@tidb-cdc/jobs/shop/writer';
import { type RawRow, select } from '@tidb-cdc/runtime/sql';
import type { Connection } from 'mysql2/promise';
import type { Found } from './clients/elasticsearch.ts';
import { byRow, qualified, rowName } from './expected.ts';
import type { KeyChange } from './key-change.ts';

/** Number of rows in a sample besides the special ones. */
const randomRows = 30;

/** A row to compare, and what it proves if it is a special one. */
export interface SampledRow {
  readonly table: ShopTable;
  readonly key: Key;
  readonly special?: string;
}

/** Chooses all special rows and some of the others, each once. */
export function chooseSample(
  changes: readonly RowChange[],
  random: Random,
  keyChange: KeyChange,
): readonly SampledRow[] {
  const rows = new Map<string, SampledRow>();
  for (const { table, key, previousKey, special } of changes) {
    // When a key change arrives as one update, no event says that the former key is gone.
    if (previousKey !== undefined && keyChange === 'update') rows.delete(rowName(table, previousKey));
    const name = rowName(table, key);
    const known = rows.get(name);
    if (known?.special === undefined) rows.set(name, { table, key, ...(special === undefined ? {} : { special }) });
  }
  const all = [...rows.values()];
  const others = all.filter((row) => row.special === undefined);
  const chosen = new Set<SampledRow>();
  while (chosen.size < Math.min(randomRows, others.length)) chosen.add(random.pick(others));
  return [...all.filter((row) => row.special !== undefined), ...chosen];
}

/** Compares each sampled row in SQL with its newest document. Returns one line per value that differs. */
export async function sampleDifferences(
  connection: Connection,
  sample: readonly SampledRow[],
  found: readonly Found[],
): Promise<readonly string[]> {
  const documents = byRow(found);
  const differences: string[] = [];
  for (const row of sample) {
    const name = rowName(qualified(row.table), row.key);
    const newest = documents.get(name)?.at(-1);
    const stored = await readRow(connection, row);
    const reasons = newest === undefined ? ['has no document'] : compareRow(tables[row.table], stored, newest);
    differences.push(...reasons.map((reason) => `${name}${row.special ? ` [${row.special}]` : ''}: ${reason}`));
  }
  return differences;
}

async function readRow(connection: Connection, { table, key }: SampledRow): Promise<RawRow | undefined> {
  const { enums }: TableFacts = tables[table];
  // Events carry an enum as the index of its value. The second column with this name replaces the first.
  const indices = enums.map((column) => `, ${column}+0 AS ${column}`).join('');
  const condition = Object.keys(key).map((column) => `${column} = ?`);
  const [row] = await select(
    connection,
    `SELECT *${indices} FROM ${table} WHERE ${condition.join(' AND ')}`,
    Object.values(key),
  );
  return row;
}

/** One line per row whose key changed but whose update does not have the former key in `cdc.old`. */
export function keyChangeDifferences(changes: readonly RowChange[], found: readonly Found[]): readonly string[] {
  const documents = byRow(found);
  return changes.flatMap(({ table, key, previousKey }) => {
    if (previousKey === undefined) return [];
    const name = rowName(qualified(table), key);
    const updates = (documents.get(name) ?? []).filter(({ document }) => document.event.action === 'update');
    const changed = Object.keys(key).filter((column) => key[column] !== previousKey[column]);
    const carried = updates.some(({ document }) =>
      changed.every((column) => document.cdc.old?.[column] === previousKey[column]),
    );
    return carried ? [] : [`${name}: no update carries its former key (${JSON.stringify(previousKey)}) in cdc.old`];
  });
}

/** Compares a row from SQL (undefined: deleted) with a document. Returns one line per difference. */
export function compareRow(facts: TableFacts, row: RawRow | undefined, { id, document }: Found): readonly string[] {
  const { action } = document.event;
  if (row === undefined) return action === 'delete' ? [] : [`is deleted, but its newest document ${id} is: ${action}`];
  if (action === 'delete') return [`exists, but its newest document ${id} is its deletion`];
  const { data } = document.cdc;
  const columns = new Set([...Object.keys(row), ...Object.keys(data)]);
  return [...columns].flatMap((column) => {
    const stored = row[column];
    const sent = data[column];
    if (stored === undefined) return [`column ${column} is not in the table, but in document ${id}`];
    if (sent === undefined) return [`column ${column} is not in document ${id}`];
    if (isSame(facts, column, stored, sent)) return [];
    return [
      `column ${column} is ${JSON.stringify(asText(facts, column, stored))}, in document ${id} ${JSON.stringify(sent)}`,
    ];
  });
}

function isSame(facts: TableFacts, column: string, stored: Buffer | null, sent: string | null): boolean {
  if (stored === null || sent === null) return stored === sent;
  if (facts.json.includes(column)) return isDeepStrictEqual(JSON.parse(stored.toString()), JSON.parse(sent));
  return asText(facts, column, stored) === sent;
}

function asText(facts: TableFacts, column: string, stored: Buffer | null): string | null {
  if (stored === null) return null;
  return stored.toString(facts.binary.includes(column) ? 'base64' : 'utf8');
}

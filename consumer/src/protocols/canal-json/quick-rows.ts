import { isUtf8 } from 'node:buffer';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError } from '../decode-error.ts';
import type { DecodedMessage, RowChange } from '../message.ts';
import type { RowText } from '../row-text.ts';
import { millisecondsOf } from '../timestamps.ts';
import { columnTypesOf } from './columns.ts';
import { sameText, scanImage, type ValuePlaces, wholeNumberEnd } from './scan.ts';

/** What the messages of one table have in common, learned from one that was decoded normally. */
interface TableLayout {
  /** Everything before the operation: `{"id":0,"database":"shop",…,"isDdl":false,"type":"`. */
  readonly head: string;
  /** From the SQL to the types: `,"sql":"","sqlType":{…},"mysqlType":{`. */
  readonly types: string;
  /** `"id":"bigint"`: TiCDC writes these entries in any order. */
  readonly typeEntries: readonly string[];
  /** All entries, joined by commas, in the order seen last. */
  latestTypes: string;
  /** The text before each value in an image: `{"id":`, `,"note":`. */
  readonly keys: readonly string[];
  /** `"id"` */
  readonly names: readonly string[];
  readonly schema: string;
  readonly table: string;
  /** Indices of the primary key's columns among all columns: in the key's order, and sorted by name. */
  readonly key: readonly number[];
  readonly sortedKey: readonly number[];
}

const operations: readonly (readonly [text: string, operation: Operation])[] = [
  ['UPDATE","es":', 'update'],
  ['INSERT","es":', 'insert'],
  ['DELETE","es":', 'delete'],
];
const headEnd = ',"isDdl":false,"type":"';
/**
 * Matches text that JSON.stringify may write differently, or that is not JSON: unescaped control characters, and
 * escapes other than the short ones (Go escapes `<`, for example).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none of them in a string
const otherwiseWritten = /[\0-\x1f]|\\(?!["\\bfnrt])/;
/** A time of 13 digits is before the year 2287. */
const mostDigits = { time: 13, timestamp: 19 } as const;
const mostTables = 4_096;
/** Only one in so many unrecognized messages is learned from, because learning does not help with all of them. */
const learnEach = 64;

/** Positions of the values in the current message. */
const dataPlaces: ValuePlaces = { starts: [], ends: [] };
const oldPlaces: ValuePlaces = { starts: [], ends: [] };

/**
 * Extracts the row of a one-row message as TiCDC writes it, from its text and without parsing it. It learns what the
 * messages of a table have in common from messages that are decoded normally.
 */
export class QuickRows {
  readonly #decode: (value: Buffer) => DecodedMessage;
  /** head → layout */
  readonly #layouts = new Map<string, TableLayout>();
  #latest: TableLayout | undefined;
  #misses = 0;

  /** @param decode the normal decoder */
  constructor(decode: (value: Buffer) => DecodedMessage) {
    this.#decode = decode;
  }

  /**
   * Returns undefined for a message that it does not recognize: with binary columns, parts of a row, several rows,
   * another order of fields, or escapes that JSON.stringify does not write.
   */
  rowOf(value: Buffer): RowText | undefined {
    if (!isUtf8(value)) return undefined;
    const text = value.toString();
    const layout = this.#layoutOf(text);
    const row = layout && readRow(text, layout);
    if (row === undefined && this.#misses++ % learnEach === 0) this.#learn(value, text);
    return row;
  }

  #layoutOf(text: string): TableLayout | undefined {
    if (this.#latest === undefined || !text.startsWith(this.#latest.head)) {
      this.#latest = this.#layouts.get(text.slice(0, text.indexOf(headEnd) + headEnd.length));
    }
    return this.#latest;
  }

  #learn(value: Buffer, text: string): void {
    try {
      const message = this.#decode(value);
      if (message.kind !== 'rows' || message.rows[0] === undefined) return;
      const layout = layoutFrom(text, message.rows[0]);
      if (layout === undefined) return;
      if (this.#layouts.size >= mostTables) this.#layouts.clear();
      this.#layouts.set(layout.head, layout);
      this.#latest = undefined;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
}

function readRow(text: string, layout: TableLayout): RowText | undefined {
  const [operationText, operation] = operations.find(([start]) => text.startsWith(start, layout.head.length)) ?? [];
  if (operationText === undefined || operation === undefined) return undefined;
  const es = layout.head.length + operationText.length;
  const esEnd = wholeNumberEnd(text, es, mostDigits.time);
  if (!text.startsWith(',"ts":', esEnd)) return undefined;
  const types = wholeNumberEnd(text, esEnd + 6, mostDigits.time);
  if (!text.startsWith(layout.types, types)) return undefined;
  const oldStart = typesEnd(text, types + layout.types.length, layout);

  const isUpdate = operation === 'update';
  const opening = isUpdate ? '},"old":[' : '},"old":null,"data":[';
  if (!text.startsWith(opening, oldStart)) return undefined;
  const images = oldStart + opening.length;
  const oldEnd = isUpdate ? scanImage(text, images, layout.keys, oldPlaces) : images;
  if (isUpdate && !text.startsWith('],"data":[', oldEnd)) return undefined;
  const data = isUpdate ? oldEnd + 10 : images;
  const dataEnd = scanImage(text, data, layout.keys, dataPlaces);
  const commitTs = commitTsAfter(text, dataEnd);
  if (commitTs === undefined || otherwiseWritten.test(text)) return undefined;
  return {
    schema: layout.schema,
    table: layout.table,
    operation,
    commitTs: commitTs === '' ? undefined : commitTs,
    committedAt: commitTs === '' ? Number(text.slice(es, esEnd)) : millisecondsOf(commitTs),
    primaryKey: `{${joined(layout.key, (column) => `${layout.names[column]}:${valueAt(text, column)}`)}}`,
    sortedKey: `[${joined(layout.sortedKey, (column) => `[${layout.names[column]},${valueAt(text, column)}]`)}]`,
    data: text.slice(data, dataEnd),
    old: isUpdate ? text.slice(images, oldEnd) : undefined,
    changed: isUpdate ? changedColumns(text, layout) : undefined,
    keysOnly: operation === 'delete' && layout.key.length === layout.names.length,
  };
}

/** Returns the position after the types if they are the table's, in any order; otherwise -1. */
function typesEnd(text: string, start: number, layout: TableLayout): number {
  const end = start + layout.latestTypes.length;
  if (text.startsWith(layout.latestTypes, start)) return end;
  const types = text.slice(start, end);
  const isThere = (entry: string) => {
    const at = types.indexOf(entry);
    return at >= 0 && (at + entry.length === types.length || types[at + entry.length] === ',');
  };
  // If every entry is there, the length leaves no room for anything else.
  if (!layout.typeEntries.every(isThere)) return -1;
  layout.latestTypes = types;
  return end;
}

function joined(columns: readonly number[], part: (column: number) => string): string {
  let text = '';
  for (const column of columns) text += text === '' ? part(column) : `,${part(column)}`;
  return text;
}

/** Returns the commitTs at the end of a message, '' if it has none; undefined if the message ends differently. */
function commitTsAfter(text: string, dataEnd: number): string | undefined {
  if (dataEnd < 0) return undefined;
  if (text.endsWith(']}') && text.length === dataEnd + 2) return '';
  const opening = '],"_tidb":{"commitTs":';
  if (!text.startsWith(opening, dataEnd)) return undefined;
  const start = dataEnd + opening.length;
  const end = wholeNumberEnd(text, start, mostDigits.timestamp);
  return end > start && text.startsWith('}}', end) && text.length === end + 2 && text[start] !== '0'
    ? text.slice(start, end)
    : undefined;
}

function valueAt(text: string, column: number): string {
  return text.slice(dataPlaces.starts[column], dataPlaces.ends[column]);
}

function changedColumns(text: string, { names }: TableLayout): string {
  let changed = '';
  for (let column = 0; column < names.length; column += 1) {
    if (!sameText(text, dataPlaces, oldPlaces, column)) changed += `${changed === '' ? '' : ','}${names[column]}`;
  }
  return `[${changed}]`;
}

/** Returns undefined if the message has columns that are converted, or names that an object would reorder. */
function layoutFrom(text: string, { schema, table, data, primaryKey }: RowChange): TableLayout | undefined {
  const message = JSON.parse(text) as Record<string, unknown>;
  const { names: types, conversions } = columnTypesOf(message);
  const columns = Object.keys(data);
  if (conversions.size > 0 || columns.some((column) => /^\d+$/.test(column))) return undefined;
  const { id, pkNames, isDdl, sqlType } = message;
  const head = `${JSON.stringify({ id, database: schema, table, pkNames, isDdl }).slice(0, -1)},"type":"`;
  const typeEntries = Object.entries(types).map(
    ([column, type]) => `${JSON.stringify(column)}:${JSON.stringify(type)}`,
  );
  const names = columns.map((column) => JSON.stringify(column));
  const key = Object.keys(primaryKey);
  const places = (list: readonly string[]) => list.map((column) => columns.indexOf(column));
  return {
    head,
    types: `,"sql":"","sqlType":${JSON.stringify(sqlType)},"mysqlType":{`,
    typeEntries,
    latestTypes: typeEntries.join(),
    keys: names.map((name, n) => `${n === 0 ? '{' : ','}${name}:`),
    names,
    schema,
    table,
    key: places(key),
    sortedKey: places(key.toSorted((a, b) => (a < b ? -1 : 1))),
  };
}

import { isUtf8 } from 'node:buffer';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError } from '../decode-error.ts';
import type { DecodedMessage, RowChange } from '../message.ts';
import type { RowText } from '../row-text.ts';
import { millisecondsOf } from '../timestamps.ts';
import { columnTypesOf } from './columns.ts';
import { sameText, scanImage, type ValuePlaces, wholeNumberEnd } from './scan.ts';

/** What the messages of one table have in common, found in one that was decoded the plain way. */
interface TableLayout {
  /** All up to the operation: `{"id":0,"database":"shop",…,"isDdl":false,"type":"`. */
  readonly head: string;
  /** From the SQL to the types: `,"sql":"","sqlType":{…},"mysqlType":{`. */
  readonly types: string;
  /** `"id":"bigint"`: TiCDC writes them in any order. */
  readonly typeEntries: readonly string[];
  /** All entries with the commas between them, in the order seen last. */
  latestTypes: string;
  /** What stands before each value in an image: `{"id":`, `,"note":`. */
  readonly keys: readonly string[];
  /** `"id"` */
  readonly names: readonly string[];
  readonly schema: string;
  readonly table: string;
  /** Places of the primary key's columns among all, in the key's order and by name. */
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
 * What makes a text in the message differ from the one that JSON.stringify writes, or is no JSON: characters that have to
 * be escaped, and escapes that need not be (Go writes `<` as one).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none of them in a string
const otherwiseWritten = /[\0-\x1f]|\\(?!["\\bfnrt])/;
/** A time of 13 digits is before the year 2287. */
const mostDigits = { time: 13, timestamp: 19 } as const;
const mostTables = 4_096;
/** A message that is not known is learned from; where that does not help, only each so-many-th. */
const learnEach = 64;

/** Where the values of the message at work stand. */
const dataPlaces: ValuePlaces = { starts: [], ends: [] };
const oldPlaces: ValuePlaces = { starts: [], ends: [] };

/**
 * Takes the row out of a message of one row as TiCDC writes it, from its text and without parsing it. What the messages of
 * a table have in common is learned from those that were decoded the plain way.
 */
export class QuickRows {
  readonly #decode: (value: Buffer) => DecodedMessage;
  /** By their heads. */
  readonly #layouts = new Map<string, TableLayout>();
  #latest: TableLayout | undefined;
  #misses = 0;

  /** @param decode the plain way */
  constructor(decode: (value: Buffer) => DecodedMessage) {
    this.#decode = decode;
  }

  /**
   * Undefined for what it does not know: columns with bytes, parts of a row, several rows, another order of fields, texts
   * that are escaped otherwise than JSON.stringify does.
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

/** The place after the types, where they are the table's in any order; -1 where they are not. */
function typesEnd(text: string, start: number, layout: TableLayout): number {
  const end = start + layout.latestTypes.length;
  if (text.startsWith(layout.latestTypes, start)) return end;
  const types = text.slice(start, end);
  const isThere = (entry: string) => {
    const at = types.indexOf(entry);
    return at >= 0 && (at + entry.length === types.length || types[at + entry.length] === ',');
  };
  // Each is there, and nothing else has room.
  if (!layout.typeEntries.every(isThere)) return -1;
  layout.latestTypes = types;
  return end;
}

function joined(columns: readonly number[], part: (column: number) => string): string {
  let text = '';
  for (const column of columns) text += text === '' ? part(column) : `,${part(column)}`;
  return text;
}

/** The commitTs at the end of a message, an empty text in one without; undefined where it ends otherwise. */
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

/** Undefined where a message has columns that are converted, or names that an object would put in another order. */
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

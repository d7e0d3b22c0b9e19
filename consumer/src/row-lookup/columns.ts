import { escapeId, escape as sqlLiteral } from 'mysql2/promise';
import { numberText } from '../protocols/sql-text.ts';

/** A column as `SHOW COLUMNS` describes it. */
export interface Column {
  readonly name: string;
  /** `varbinary(16)`, `enum('a','b')` */
  readonly type: string;
}

/** How to select and compare the values of a type, and how to convert them to the text that messages carry. */
interface Kind {
  readonly expression: (identifier: string) => string;
  readonly textOf: (bytes: Buffer, name: string) => string;
  /** returns the SQL literal for a value in the text of messages */
  readonly literal: (text: string) => string;
}

const utf8 = (bytes: Buffer) => bytes.toString();
const base64 = (bytes: Buffer) => bytes.toString('base64');
const asItIs = (identifier: string) => identifier;

const text: Kind = { expression: asItIs, textOf: utf8, literal: (value) => sqlLiteral(value) };
const binary: Kind = {
  expression: asItIs,
  textOf: base64,
  literal: (value) => sqlLiteral(Buffer.from(value, 'base64')),
};
/** Digits without quotes: a comparison with text could use the nearest DOUBLE. */
const decimal: Kind = {
  expression: asItIs,
  textOf: utf8,
  literal: (value) => (/^-?\d+(?:\.\d+)?$/.test(value) ? value : sqlLiteral(value)),
};
/** TiDB prints an exponent where messages have all digits. */
const number: Kind = { ...decimal, textOf: (bytes, name) => numberText({ digits: bytes.toString() }, name) };
/** ENUM as its index, SET and BIT as their bits. `+ 0` would turn them into a DOUBLE. */
const index: Kind = { ...decimal, expression: (identifier) => `CAST(${identifier} AS UNSIGNED)` };

const kinds: readonly (readonly [type: RegExp, kind: Kind])[] = [
  [/^(?:binary|varbinary|(?:tiny|medium|long)?blob)\b/i, binary],
  [/^(?:enum|set|bit)\b/i, index],
  [/^(?:(?:tiny|small|medium|big)?int|float|double|year)\b/i, number],
  [/^decimal\b/i, decimal],
];

function kindOf({ type }: Column): Kind {
  return kinds.find(([pattern]) => pattern.test(type))?.[1] ?? text;
}

/** Returns the text of a column's value as a decoded message has it. */
export function valueText(column: Column, bytes: Buffer): string {
  return kindOf(column).textOf(bytes, column.name);
}

/** Returns the statement that lists a table's columns. */
export function columnsStatement(schema: string, table: string): string {
  return `SHOW COLUMNS FROM ${escapeId(table, true)} FROM ${escapeId(schema, true)}`;
}

/**
 * Returns the statement that selects the row with a key. It names the columns `c0`, `c1`, …: mysql2 refuses some names.
 * @param key key column → text; all of them are in `columns`
 */
export function rowStatement(
  schema: string,
  table: string,
  columns: readonly Column[],
  key: Readonly<Record<string, string | null>>,
): string {
  const selected = columns.map(
    (column, place) => `${kindOf(column).expression(escapeId(column.name, true))} AS c${place}`,
  );
  const wanted = columns
    .filter(({ name }) => Object.hasOwn(key, name))
    .map((column) => `${escapeId(column.name, true)} = ${literalOf(column, key[column.name] ?? null)}`);
  const from = `${escapeId(schema, true)}.${escapeId(table, true)}`;
  return `SELECT ${selected.join(', ')} FROM ${from} WHERE ${wanted.join(' AND ')} LIMIT 1`;
}

function literalOf(column: Column, value: string | null): string {
  return value === null ? 'NULL' : kindOf(column).literal(value);
}

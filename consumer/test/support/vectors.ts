import { readFileSync } from 'node:fs';
import type { RowImage } from '../../src/protocols/message.ts';

/** A value as SELECT returned it. */
export interface ExpectedValue {
  readonly type: string;
  readonly encoding: 'text' | 'hex' | 'null';
  readonly value: string | null;
}
export type ExpectedImage = Readonly<Record<string, ExpectedValue>>;

export interface ExpectedRow {
  readonly op: string;
  readonly commitTs: string;
  readonly handleKeys: readonly string[];
  readonly before: ExpectedImage | null;
  readonly after: ExpectedImage | null;
}

/** A message that TiCDC wrote, and the expected result from SQL. */
export interface Vector {
  readonly description: string;
  /** the sink's options */
  readonly config: Readonly<Record<string, unknown>>;
  readonly keyBase64: string | null;
  readonly valueBase64: string;
  readonly expected: {
    readonly schema: string;
    readonly table: string;
    readonly type: string;
    readonly commitTs: string;
    readonly query?: string;
    readonly rows: readonly ExpectedRow[];
  };
}

/** Reads the lines of a file in test/vectors. */
export function readVectors<T>(file: string): T[] {
  const text = readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

export function bytesOf({ valueBase64 }: Pick<Vector, 'valueBase64'>): Buffer {
  return Buffer.from(valueBase64, 'base64');
}

export function keyOf({ keyBase64 }: Vector): Buffer | null {
  return keyBase64 === null ? null : Buffer.from(keyBase64, 'base64');
}

/** Returns the names in an enum or set type, where quotes are doubled. */
function membersOf(type: string): string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map((match) => (match[1] ?? '').replaceAll("''", "'"));
}

/** Converts SELECT's result to the event log's form: bytes in base64, an enum as its index, a set as its bitmask. */
function inEventForm({ type, encoding, value }: ExpectedValue): string | null {
  if (value === null) return null;
  if (encoding === 'hex') return Buffer.from(value, 'hex').toString('base64');
  if (type.startsWith('enum(')) return String(membersOf(type).indexOf(value) + 1);
  if (!type.startsWith('set(')) return value;
  const members = membersOf(type);
  const chosen = value === '' ? [] : value.split(',');
  return String(chosen.reduce((mask, member) => mask + 2 ** members.indexOf(member), 0));
}

/** A virtual column, which TiCDC does not send. */
const virtualColumn = { table: 'gen', column: 'v' };

export function expectedImage(image: ExpectedImage | null, table: string): RowImage {
  return Object.fromEntries(
    Object.entries(image ?? {})
      .filter(([column]) => !(table === virtualColumn.table && column === virtualColumn.column))
      .map(([column, value]) => [column, inEventForm(value)]),
  );
}

/**
 * Returns the message with a table's schema that TiCDC sends before its first row in simple. The vectors have only
 * those that came with a schema change. Undefined for the other rows.
 */
export function bootstrapOf(vector: Vector): Buffer | undefined {
  const version = /"schemaVersion":(\d+)/.exec(bytesOf(vector).toString())?.[1];
  const { schema, table, rows } = vector.expected;
  if (version === undefined || !['all_types', 'part', 'we`ird tàble 表'].includes(table)) return undefined;
  const index = { name: 'primary', unique: true, primary: true, nullable: false, columns: rows[0]?.handleKeys };
  const tableSchema = { schema, table, tableID: 1, version: 0, columns: [], indexes: [index] };
  const message = { version: 1, type: 'BOOTSTRAP', buildTs: 1, tableSchema };
  // No JavaScript number holds a schema version.
  return Buffer.from(JSON.stringify(message).replace('"version":0', `"version":${version}`));
}

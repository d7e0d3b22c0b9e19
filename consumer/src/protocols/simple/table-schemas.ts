import { DecodeError } from '../decode-error.ts';
import { isObject, type JsonObject, textField, wrongField } from '../fields.ts';
import { mostKeyColumns } from '../row-change.ts';
import { timestampOf } from '../timestamps.ts';

/** Versions of tables that are kept. Each takes a few hundred bytes. */
const mostVersions = 10_000;

/** The primary keys of tables, per version of their schema: all that a row of simple does not say by itself. */
export class TableSchemas {
  readonly #keyNames = new Map<string, readonly string[]>();

  /** @throws DecodeError when it is not a schema as simple has it */
  learn(tableSchema: JsonObject): void {
    const [schema, table] = [textField(tableSchema, 'schema'), textField(tableSchema, 'table')];
    const id = idOf(schema, table, timestampOf(tableSchema, 'version', 'tableSchema.version'));
    this.#keyNames.delete(id);
    this.#keyNames.set(id, primaryKeyOf(tableSchema));
    const [oldest] = this.#keyNames.keys();
    if (this.#keyNames.size > mostVersions && oldest !== undefined) this.#keyNames.delete(oldest);
  }

  /** The names of the key's columns; none in a table without a primary key, undefined where the version is not known. */
  keyNames(schema: string, table: string, version: string): readonly string[] | undefined {
    return this.#keyNames.get(idOf(schema, table, version));
  }
}

/** No name holds a zero byte. */
function idOf(schema: string, table: string, version: string): string {
  return [version, schema, table].join('\0');
}

interface Index {
  readonly name: unknown;
  readonly isPrimary: boolean;
  readonly isUnique: boolean;
  readonly columns: readonly string[];
}

/**
 * TiCDC adds an index `primary` where a unique key stands in for a primary key: it has the columns of that unique key, which
 * no primary key of a sensible table has.
 */
function primaryKeyOf({ indexes }: JsonObject): readonly string[] {
  if (!Array.isArray(indexes)) throw wrongField('tableSchema.indexes', indexes, 'an array');
  const parsed = indexes.map(indexOf);
  const primary = parsed.find(({ isPrimary }) => isPrimary);
  if (primary === undefined) return [];
  const standsIn = parsed.some(
    (index) => index !== primary && index.isUnique && primary.columns.join('\0') === index.columns.join('\0'),
  );
  return primary.name === 'primary' && standsIn ? [] : primary.columns;
}

function indexOf(index: unknown): Index {
  if (!isObject(index)) throw wrongField('an index of tableSchema', index, 'an object');
  const { name, primary, unique, columns } = index;
  if (!Array.isArray(columns) || !columns.every((column) => typeof column === 'string')) {
    throw wrongField('columns of an index of tableSchema', columns, 'an array of strings');
  }
  if (primary === true && columns.length > mostKeyColumns) {
    throw new DecodeError('INVALID_NAME', `the primary key has ${columns.length} columns`);
  }
  return { name, isPrimary: primary === true, isUnique: unique === true, columns };
}

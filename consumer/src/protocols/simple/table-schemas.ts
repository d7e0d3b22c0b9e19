import { DecodeError } from '../decode-error.ts';
import { isObject, type JsonObject, textField, wrongField } from '../fields.ts';
import { mostKeyColumns } from '../row-change.ts';
import { timestampOf } from '../timestamps.ts';
import { mostVersions, type SchemaFile, type StoredKey } from './schema-file.ts';

/**
 * The primary keys of one topic's tables, per version of their schema: all that a row of simple does not say by itself. The
 * newest 10,000 versions are kept.
 */
export class TableSchemas {
  readonly #keyNames = new Map<string, readonly string[]>();
  readonly #topic: string;
  readonly #file: SchemaFile | undefined;

  /** @param file where they are kept across a restart */
  constructor(topic: string, file?: SchemaFile) {
    this.#topic = topic;
    this.#file = file;
    for (const key of file?.stored ?? []) if (key.topic === topic) this.#remember(key);
  }

  /** @throws DecodeError when it is not a schema as simple has it; Error where the disk does not take it */
  learn(tableSchema: JsonObject): void {
    const key = {
      topic: this.#topic,
      schema: textField(tableSchema, 'schema'),
      table: textField(tableSchema, 'table'),
      version: timestampOf(tableSchema, 'version', 'tableSchema.version'),
      keyNames: [...primaryKeyOf(tableSchema)],
    };
    if (this.keyNames(key.schema, key.table, key.version) === undefined) this.#file?.add(key);
    this.#remember(key);
  }

  /** The names of the key's columns; none in a table without a primary key, undefined where the version is not known. */
  keyNames(schema: string, table: string, version: string): readonly string[] | undefined {
    return this.#keyNames.get(idOf(schema, table, version));
  }

  #remember({ schema, table, version, keyNames }: StoredKey): void {
    const id = idOf(schema, table, version);
    // To the end of the map's order: what is seen again is not the oldest.
    this.#keyNames.delete(id);
    this.#keyNames.set(id, keyNames);
    const [oldest] = this.#keyNames.keys();
    if (this.#keyNames.size > mostVersions && oldest !== undefined) this.#keyNames.delete(oldest);
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

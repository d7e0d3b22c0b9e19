import { DecodeError } from '../decode-error.ts';
import { isObject, type JsonObject, textField, wrongField } from '../fields.ts';
import { mostKeyColumns } from '../row-change.ts';
import { timestampOf } from '../timestamps.ts';
import { mostVersions, type SchemaFile, type StoredKey } from './schema-file.ts';

/**
 * The primary keys of one topic's tables, per version of their schema: the only thing that a row of simple does not say
 * itself. The newest 10,000 versions are kept.
 */
export class TableSchemas {
  readonly #keyNames = new Map<string, readonly string[]>();
  readonly #topic: string;
  readonly #file: SchemaFile | undefined;

  /** @param file keeps them across a restart */
  constructor(topic: string, file?: SchemaFile) {
    this.#topic = topic;
    this.#file = file;
    for (const key of file?.stored ?? []) if (key.topic === topic) this.#remember(key);
  }

  /** @throws DecodeError when it is not a schema of simple; Error when it cannot be written to disk */
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

  /** Returns the key's columns: none for a table without a primary key, undefined when the version is unknown. */
  keyNames(schema: string, table: string, version: string): readonly string[] | undefined {
    return this.#keyNames.get(idOf(schema, table, version));
  }

  #remember({ schema, table, version, keyNames }: StoredKey): void {
    const id = idOf(schema, table, version);
    // Move it to the end of the map: what is seen again is not the oldest.
    this.#keyNames.delete(id);
    this.#keyNames.set(id, keyNames);
    const [oldest] = this.#keyNames.keys();
    if (this.#keyNames.size > mostVersions && oldest !== undefined) this.#keyNames.delete(oldest);
  }
}

/** Names never contain a zero byte. */
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
 * Returns the primary key's columns. When a unique key stands in for a missing primary key, TiCDC adds an index
 * `primary` with its columns. That one does not count: in a sensible table no primary key equals a unique key.
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

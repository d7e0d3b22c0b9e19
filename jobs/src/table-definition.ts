import { splitSql } from './sql-text.ts';

/** One column as both `schema.sql` and information_schema describe it. */
export interface ColumnDefinition {
  readonly name: string;
  /** normalised, so that the two sources compare: see `normalizeType` */
  readonly type: string;
  readonly nullable: boolean;
  /** an INSERT may leave the column out: it has a default, is nullable or counts by itself */
  readonly optional: boolean;
}

/** The part of a table that events and their identity depend on. */
export interface TableDefinition {
  readonly table: string;
  readonly columns: readonly ColumnDefinition[];
  /** column names in the key's order */
  readonly primaryKey: readonly string[];
}

/** How an existing table differs: `conflicts` stop a migration, `extra` columns harm nobody. */
export interface TableDifference {
  readonly conflicts: readonly string[];
  readonly extra: readonly string[];
}

/**
 * Reads a `CREATE TABLE [IF NOT EXISTS] name (…)` statement.
 *
 * @throws Error for any other statement, or a definition it cannot read
 */
export function parseCreateTable(statement: string): TableDefinition {
  const match = /^CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?`?(\w+)`?\s*\(([\s\S]*)\)/i.exec(statement);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Error(`the schema may hold CREATE TABLE statements only, found: ${statement.slice(0, 80)}`);
  }
  const columns: ColumnDefinition[] = [];
  let primaryKey: string[] = [];
  for (const definition of splitSql(match[2], ',')) {
    const key = /^PRIMARY\s+KEY\s*\(([^)]*)\)/i.exec(definition);
    if (key?.[1] !== undefined) primaryKey = splitSql(key[1], ',').map(unquote);
    else if (!/^(CONSTRAINT|FOREIGN|UNIQUE|KEY|INDEX|CHECK)\b/i.test(definition)) columns.push(parseColumn(definition));
  }
  if (primaryKey.length === 0) {
    throw new Error(`table ${match[1]} has no PRIMARY KEY (…) line in the schema: TiCDC skips tables without a key`);
  }
  return { table: match[1], columns, primaryKey };
}

/** Compares a table that exists with what the schema says. Each conflict names table and column. */
export function compareTables(wanted: TableDefinition, found: TableDefinition): TableDifference {
  const conflicts: string[] = [];
  for (const column of wanted.columns) {
    const name = `${wanted.table}.${column.name}`;
    const existing = found.columns.find((other) => other.name === column.name);
    if (existing === undefined) conflicts.push(`${name} is missing (${describe(column)})`);
    else if (describe(existing) !== describe(column)) {
      conflicts.push(`${name} is ${describe(existing)}, the schema says ${describe(column)}`);
    }
  }
  if (found.primaryKey.join() !== wanted.primaryKey.join()) {
    const keys = `(${found.primaryKey.join(', ')}), the schema says (${wanted.primaryKey.join(', ')})`;
    conflicts.push(`${wanted.table} has the primary key ${keys}`);
  }
  const additional = found.columns.filter((other) => !wanted.columns.some((column) => column.name === other.name));
  for (const column of additional.filter(({ optional }) => !optional)) {
    conflicts.push(
      `${wanted.table}.${column.name} is not in the schema and every insert would have to give it a value`,
    );
  }
  return {
    conflicts,
    extra: additional.filter(({ optional }) => optional).map(({ name }) => `${wanted.table}.${name}`),
  };
}

/**
 * One spelling for a column type: lower case, no display widths of integers (MariaDB and TiDB print bigint(20)),
 * no spaces between arguments, and json as longtext, which is what MariaDB makes of it.
 */
export function normalizeType(type: string): string {
  const match = /^([a-z]+)\s*(\((?:'(?:[^']|'')*'|[^)'])*\))?\s*(unsigned)?/i.exec(type.trim());
  if (match?.[1] === undefined) throw new Error(`cannot read the column type '${type}'`);
  const name = match[1].toLowerCase();
  const integer = /^(tinyint|smallint|mediumint|int|integer|bigint)$/.test(name);
  const values = match[2] === undefined || integer ? '' : `(${splitSql(match[2].slice(1, -1), ',').join(',')})`;
  return (name === 'json' ? 'longtext' : name) + values + (match[3] === undefined ? '' : ' unsigned');
}

function parseColumn(definition: string): ColumnDefinition {
  const match = /^(`?\w+`?)\s+([\s\S]+)$/.exec(definition);
  if (match?.[1] === undefined || match[2] === undefined) throw new Error(`cannot read the column '${definition}'`);
  const nullable = !/\bNOT\s+NULL\b/i.test(match[2]);
  const optional = nullable || /\b(DEFAULT|AUTO_INCREMENT)\b/i.test(match[2]);
  return { name: unquote(match[1]), type: normalizeType(match[2]), nullable, optional };
}

function describe(column: ColumnDefinition): string {
  return `${column.type}${column.nullable ? ' null' : ' not null'}`;
}

function unquote(name: string): string {
  return name.replaceAll('`', '');
}

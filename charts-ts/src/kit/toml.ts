/** A TOML table: values, lists of values, tables. */
export interface TomlTable {
  readonly [key: string]: TomlValue | TomlTable;
}
export type TomlValue = string | number | boolean | readonly (string | number | boolean)[];

/**
 * Renders a table as TOML exactly as TiDB Operator writes it, so that the operator has nothing to rewrite: keys sorted,
 * values before tables, two spaces per level, an empty line before each top-level table.
 */
export function renderToml(table: TomlTable): string {
  return renderTable(table, []).join('').replace(/^\n/, '');
}

function renderTable(table: TomlTable, path: readonly string[]): string[] {
  const indent = '  '.repeat(path.length);
  const values: string[] = [];
  const tables: string[] = [];
  for (const [key, value] of Object.entries(table).sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (isTable(value)) {
      const inner = [...path, renderKey(key)];
      tables.push(`${path.length === 0 ? '\n' : ''}${indent}[${inner.join('.')}]\n`, ...renderTable(value, inner));
    } else values.push(`${indent}${renderKey(key)} = ${renderValue(value)}\n`);
  }
  return [...values, ...tables];
}

function isTable(value: TomlValue | TomlTable): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value);
}

function renderKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

function renderValue(value: TomlValue): string {
  // A JSON string is a TOML basic string.
  return Array.isArray(value) ? `[${value.map(renderValue).join(', ')}]` : JSON.stringify(value);
}

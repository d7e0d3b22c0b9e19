import type { Connection, RowDataPacket } from 'mysql2/promise';
import { normalizeType, type TableDefinition } from './table-definition.ts';

interface ColumnRow extends RowDataPacket {
  tableName: string;
  columnName: string;
  columnType: string;
  isNullable: 'YES' | 'NO';
  isOptional: 0 | 1;
}

interface KeyRow extends RowDataPacket {
  tableName: string;
  columnName: string;
}

const COLUMNS = `
  SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName, COLUMN_TYPE AS columnType, IS_NULLABLE AS isNullable,
         IS_NULLABLE = 'YES' OR COLUMN_DEFAULT IS NOT NULL OR EXTRA <> '' AS isOptional
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`;

const PRIMARY_KEYS = `
  SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName
  FROM information_schema.KEY_COLUMN_USAGE
  WHERE TABLE_SCHEMA = ? AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY TABLE_NAME, ORDINAL_POSITION`;

/** The tables that a database holds, as information_schema of TiDB and MariaDB describes them; undefined for no such database. */
export async function readExistingTables(
  connection: Connection,
  database: string,
): Promise<TableDefinition[] | undefined> {
  const schemata = 'SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?';
  const [databases] = await connection.query<RowDataPacket[]>(schemata, [database]);
  if (databases.length === 0) return undefined;
  const [columns] = await connection.query<ColumnRow[]>(COLUMNS, [database]);
  const [keys] = await connection.query<KeyRow[]>(PRIMARY_KEYS, [database]);
  const tables = [...new Set(columns.map(({ tableName }) => tableName))];
  return tables.map((table) => ({
    table,
    columns: columns
      .filter(({ tableName }) => tableName === table)
      .map(({ columnName, columnType, isNullable, isOptional }) => ({
        name: columnName,
        type: normalizeType(columnType),
        nullable: isNullable === 'YES',
        optional: Number(isOptional) === 1,
      })),
    primaryKey: keys.filter(({ tableName }) => tableName === table).map(({ columnName }) => columnName),
  }));
}

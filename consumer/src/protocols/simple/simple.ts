import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError, describe, quote } from '../decode-error.ts';
import { isObject, type JsonObject, textField, wrongField } from '../fields.ts';
import { keepNumbersOf, parseObject, requireValue } from '../json.ts';
import type { DecodedMessage, RowChange, RowImage } from '../message.ts';
import type { Protocol } from '../protocol.ts';
import { checkName, rowChange } from '../row-change.ts';
import { millisecondsOf, timestampOf } from '../timestamps.ts';
import type { SchemaFile } from './schema-file.ts';
import { TableSchemas } from './table-schemas.ts';

const operations: ReadonlyMap<unknown, Operation> = new Map([
  ['INSERT', 'insert'],
  ['UPDATE', 'update'],
  ['DELETE', 'delete'],
]);

/** All other numbers are small or not read, and column values are strings. */
const keepDigits = keepNumbersOf('commitTs', 'schemaVersion', 'version');

/**
 * TiCDC's simple protocol, as JSON. Rows name a version of their table's schema. Schemas arrive in separate messages:
 * with schema changes, and as BOOTSTRAP before the first row and then every two minutes or 10,000 rows. One instance
 * serves all partitions of a topic and knows the schemas that it has seen.
 * @param schemaFile keeps them across a restart
 */
export function createSimple(topic: string, schemaFile?: SchemaFile): Protocol {
  const schemas = new TableSchemas(topic, schemaFile);
  return {
    name: 'simple',
    recognizes: (_key, value) => value?.version === 1 && typeof value.type === 'string' && 'buildTs' in value,
    decode: (_key, value) => {
      const message = parseObject(requireValue(value), 'the value', keepDigits);
      const operation = operations.get(message.type);
      if (operation) return { kind: 'rows', rows: [rowOf(message, operation, schemas)] };
      if (message.type === 'WATERMARK') return watermarkOf(message);
      if (message.type === 'BOOTSTRAP') return tableSchemaOf(message, schemas);
      if (message.sql !== undefined) return schemaChangeOf(message, schemas);
      throw new DecodeError('UNKNOWN_MESSAGE_TYPE', `type is ${describe(message.type)}`);
    },
  };
}

function watermarkOf(message: JsonObject): DecodedMessage {
  const watermarkTs = timestampOf(message, 'commitTs');
  return { kind: 'watermark', watermarkTs, reachedAt: millisecondsOf(watermarkTs) };
}

function tableSchemaOf({ tableSchema }: JsonObject, schemas: TableSchemas): DecodedMessage {
  if (!isObject(tableSchema)) throw wrongField('tableSchema', tableSchema, 'an object');
  schemas.learn(tableSchema);
  return { kind: 'table-schema', schema: textField(tableSchema, 'schema'), table: textField(tableSchema, 'table') };
}

function schemaChangeOf(message: JsonObject, schemas: TableSchemas): DecodedMessage {
  const { tableSchema, preTableSchema } = message;
  const commitTs = timestampOf(message, 'commitTs');
  const change = { type: textField(message, 'type'), sql: textField(message, 'sql') };
  // Rows from before the change may arrive after it: they are in other partitions.
  for (const schema of [preTableSchema, tableSchema]) if (isObject(schema)) schemas.learn(schema);
  const named = isObject(tableSchema) ? tableSchema : { schema: '', table: '' };
  const [schema, table] = [textField(named, 'schema'), textField(named, 'table')];
  return { kind: 'schema-change', schema, table, ...change, commitTs, committedAt: millisecondsOf(commitTs) };
}

function rowOf(message: JsonObject, operation: Operation, schemas: TableSchemas): RowChange {
  const [schema, table] = [textField(message, 'database'), textField(message, 'table')];
  checkName('database', schema);
  checkName('table', table);
  const version = timestampOf(message, 'schemaVersion');
  const keyNames = schemas.keyNames(schema, table, version);
  if (keyNames === undefined) {
    throw new DecodeError('UNKNOWN_SCHEMA', `version ${version} of ${quote(`${schema}.${table}`)} has not been seen`);
  }
  const commitTs = timestampOf(message, 'commitTs');
  const field = operation === 'delete' ? 'old' : 'data';
  const data = rowImageOf(message[field], field);
  const old = operation === 'update' ? rowImageOf(message.old, 'old') : undefined;
  const cut = { isCut: message.handleKeyOnly === true, claimCheck: message.claimCheckLocation };
  const time = { commitTs, committedAt: millisecondsOf(commitTs) };
  return rowChange({ schema, table, operation, ...time, data, old, keyNames, ...cut }, field);
}

/** Values are already SQL text, and bytes are base64. A TIMESTAMP is an object with its value and time zone. */
function rowImageOf(image: unknown, field: string): RowImage {
  if (!isObject(image)) throw wrongField(field, image, 'an object');
  for (const column of Object.keys(image)) {
    checkName(`a column of ${field}`, column);
    const value = image[column];
    if (typeof value === 'string' || value === null) continue;
    if (!isObject(value) || typeof value.value !== 'string') {
      throw new DecodeError('INVALID_COLUMN_VALUE', `${field}.${quote(column)} is ${describe(value)}`);
    }
    image[column] = value.value;
  }
  return image as RowImage;
}

import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError, describe } from '../decode-error.ts';
import { isObject, type JsonObject, textField, wrongField } from '../fields.ts';
import { keepLongNumbers, parseObject, requireValue } from '../json.ts';
import type { DecodedMessage, RowChange } from '../message.ts';
import type { Protocol } from '../protocol.ts';
import { checkName, mostKeyColumns, rowChange } from '../row-change.ts';
import { millisecondsOf, timestampOf } from '../timestamps.ts';
import { columnTypesOf, rowImageOf } from './columns.ts';

/** `op` of a row: created, updated, deleted, or read by a snapshot. */
const operations: ReadonlyMap<unknown, Operation> = new Map([
  ['c', 'insert'],
  ['r', 'insert'],
  ['u', 'update'],
  ['d', 'delete'],
]);
const watermark = 'm';

/** Debezium's format as TiCDC writes it: one row per message, in an envelope of payload and, unless disabled, schema. */
export const debezium: Protocol = {
  name: 'debezium',
  recognizes: (_key, value) => isObject(value?.payload) && isObject(value.payload.source),
  decode: (key, value) => {
    const envelope = parseObject(requireValue(value), 'the value', keepLongNumbers);
    const payload = objectField(envelope, 'payload');
    const source = objectField(payload, 'source', 'payload.source');
    const commitTs = timestampOf(source, 'commit_ts', 'source.commit_ts');
    const committedAt = millisecondsOf(commitTs);
    if (payload.ddl !== undefined) return schemaChangeOf(payload, source, { commitTs, committedAt });
    if (payload.op === watermark) return { kind: 'watermark', watermarkTs: commitTs, reachedAt: committedAt };
    const operation = operations.get(payload.op);
    if (operation === undefined) throw new DecodeError('UNKNOWN_MESSAGE_TYPE', `op is ${describe(payload.op)}`);
    const keyNames = keyNamesOf(key);
    const row = rowOf(payload, envelope.schema, operation, { source, keyNames, commitTs, committedAt });
    return { kind: 'rows', rows: [row] };
  },
};

interface Place {
  readonly source: JsonObject;
  readonly keyNames: readonly string[];
  readonly commitTs: string;
  readonly committedAt: number;
}

function rowOf(payload: JsonObject, schemas: unknown, operation: Operation, { source, ...place }: Place): RowChange {
  const [schema, table] = [textField(source, 'db'), textField(source, 'table')];
  checkName('source.db', schema);
  checkName('source.table', table);
  const field = operation === 'delete' ? 'before' : 'after';
  const types = columnTypesOf(schemas, field);
  const data = rowImageOf(payload[field], field, types);
  // With debezium-output-old-value off, TiCDC omits `before` from an update.
  const hasOld = operation === 'update' && payload.before !== undefined && payload.before !== null;
  const old = hasOld ? rowImageOf(payload.before, 'before', types) : undefined;
  return rowChange({ ...place, schema, table, operation, data, old, isCut: false, claimCheck: undefined }, field);
}

/** Returns the columns in the message's key: of the primary key, or of the unique key that TiCDC uses without one. */
function keyNamesOf(key: Buffer | null): readonly string[] {
  if (key === null || key.length === 0) return [];
  const names = Object.keys(objectField(parseObject(key, 'the key', keepLongNumbers), 'payload', 'payload of the key'));
  if (names.length > mostKeyColumns) throw new DecodeError('INVALID_NAME', `the key has ${names.length} columns`);
  return names;
}

function schemaChangeOf(
  payload: JsonObject,
  source: JsonObject,
  time: { commitTs: string; committedAt: number },
): DecodedMessage {
  const changes: unknown = payload.tableChanges;
  const first: unknown = Array.isArray(changes) ? changes[0] : undefined;
  const type = isObject(first) && typeof first.type === 'string' ? first.type : 'QUERY';
  const [schema, table] = [textField(source, 'db'), textField(source, 'table')];
  return { kind: 'schema-change', schema, table, type, sql: textField(payload, 'ddl'), ...time };
}

function objectField(object: JsonObject, field: string, path = field): JsonObject {
  const value = object[field];
  if (!isObject(value)) throw wrongField(path, value, 'an object');
  return value;
}

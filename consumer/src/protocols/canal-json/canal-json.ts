import { isUtf8 } from 'node:buffer';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError, describe } from '../decode-error.ts';
import { arrayField, booleanField, isObject, type JsonObject, textField, wrongField } from '../fields.ts';
import type { DecodedMessage } from '../message.ts';
import type { Protocol } from '../protocol.ts';
import { rowChangesOf } from './row-changes.ts';
import { commitTimeOf, extensionOf, keepTimestampDigits, millisecondsOf, timestampOf } from './timestamps.ts';

const operations: ReadonlyMap<string, Operation> = new Map([
  ['INSERT', 'insert'],
  ['UPDATE', 'update'],
  ['DELETE', 'delete'],
]);

/** What Canal sends with `isDdl: false` and no rows (its LogEventConvert, seen with MariaDB too). */
const statementTypes: ReadonlySet<string> = new Set(['QUERY', 'XACOMMIT', 'XAROLLBACK']);

/** canal-json, as TiCDC and Canal write it. Everything is in the value; TiCDC leaves the key empty. */
export const canalJson: Protocol = {
  name: 'canal-json',
  decode: (_key, value) => decodeCanalJson(value),
};

/**
 * Decodes the value of a Kafka message in canal-json, as TiCDC (with or without its `_tidb` extension) and as Canal
 * (flat message) write it.
 * @throws DecodeError and nothing else, whatever the bytes
 */
export function decodeCanalJson(value: Buffer | null): DecodedMessage {
  const message = parse(value);
  const type = textField(message, 'type');
  const isDdl = booleanField(message, 'isDdl');
  if (type === 'TIDB_WATERMARK') return watermarkOf(message);
  if (isDdl) return schemaChangeOf(message, type);
  const operation = operations.get(type);
  if (operation) return { kind: 'rows', rows: rowChangesOf(message, operation) };
  if (!statementTypes.has(type)) throw new DecodeError('UNKNOWN_MESSAGE_TYPE', `type is ${describe(type)}`);
  refuseRows(message);
  return { kind: 'statement', type, sql: textField(message, 'sql') };
}

function parse(value: Buffer | null): JsonObject {
  if (value === null) throw new DecodeError('TOMBSTONE', 'the value is null');
  if (value.length === 0) throw new DecodeError('EMPTY_VALUE', 'the value has 0 bytes');
  if (!isUtf8(value)) throw new DecodeError('INVALID_UTF8', `the value of ${value.length} bytes is not UTF-8`);
  const message = parseJson(value);
  if (!isObject(message)) throw new DecodeError('NOT_AN_OBJECT', `the value is ${describe(message)}`);
  return message;
}

function parseJson(value: Buffer): unknown {
  try {
    return JSON.parse(keepTimestampDigits(value.toString()));
  } catch (cause) {
    throw new DecodeError('INVALID_JSON', `the value of ${value.length} bytes is not JSON (${String(cause)})`, {
      cause,
    });
  }
}

/** A row in a message that is not counted as rows would be lost without a word. */
function refuseRows(message: JsonObject): void {
  const data = arrayField(message, 'data');
  if (data !== null) throw new DecodeError('UNEXPECTED_ROWS', `data is ${describe(data)}`);
}

function watermarkOf(message: JsonObject): DecodedMessage {
  refuseRows(message);
  const extension = extensionOf(message);
  if (extension === undefined) throw wrongField('_tidb', extension, 'an object');
  const watermarkTs = timestampOf(extension, 'watermarkTs');
  return { kind: 'watermark', watermarkTs, reachedAt: millisecondsOf(watermarkTs) };
}

function schemaChangeOf(message: JsonObject, type: string): DecodedMessage {
  refuseRows(message);
  return {
    kind: 'schema-change',
    schema: textField(message, 'database'),
    table: textField(message, 'table'),
    type,
    sql: textField(message, 'sql'),
    ...commitTimeOf(message, extensionOf(message)),
  };
}

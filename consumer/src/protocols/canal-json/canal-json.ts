import type { Operation } from '@tidb-cdc/runtime/operations';
import { DecodeError, describe } from '../decode-error.ts';
import { arrayField, booleanField, type JsonObject, textField, wrongField } from '../fields.ts';
import { keepNumbersOf, parseObject, requireValue } from '../json.ts';
import type { DecodedMessage } from '../message.ts';
import type { Protocol } from '../protocol.ts';
import { millisecondsOf, timestampOf } from '../timestamps.ts';
import { QuickRows } from './quick-rows.ts';
import { rowChangesOf } from './row-changes.ts';
import { commitTimeOf, extensionOf } from './timestamps.ts';

const operations: ReadonlyMap<string, Operation> = new Map([
  ['INSERT', 'insert'],
  ['UPDATE', 'update'],
  ['DELETE', 'delete'],
]);

/** Types that Canal sends with `isDdl: false` and no rows (its LogEventConvert, seen with MariaDB too). */
const statementTypes: ReadonlySet<string> = new Set(['QUERY', 'XACOMMIT', 'XAROLLBACK']);

/** All other numbers are small, and column values are strings. */
const keepDigits = keepNumbersOf('commitTs', 'watermarkTs');

const quickRows = new QuickRows(decodeCanalJson);

/** canal-json, as TiCDC and Canal write it. Everything is in the value; TiCDC leaves the key empty. */
export const canalJson: Protocol = {
  name: 'canal-json',
  recognizes: (_key, value) => typeof value?.type === 'string' && 'isDdl' in value,
  decode: (_key, value) => decodeCanalJson(value),
  quickRow: (value) => quickRows.rowOf(value),
};

/**
 * Decodes the value of a Kafka message in canal-json, as TiCDC (with or without its `_tidb` extension) and as Canal
 * (flat message) write it.
 * @throws DecodeError and nothing else, whatever the bytes
 */
export function decodeCanalJson(value: Buffer | null): DecodedMessage {
  const message = parseObject(requireValue(value), 'the value', keepDigits);
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

/** Rejects rows in a message of a kind without rows: they would be lost silently. */
function refuseRows(message: JsonObject): void {
  const data = arrayField(message, 'data');
  if (data !== null) throw new DecodeError('UNEXPECTED_ROWS', `data is ${describe(data)}`);
}

function watermarkOf(message: JsonObject): DecodedMessage {
  refuseRows(message);
  const extension = extensionOf(message);
  if (extension === undefined) throw wrongField('_tidb', extension, 'an object');
  const watermarkTs = timestampOf(extension, 'watermarkTs', '_tidb.watermarkTs');
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

import { expect, test } from 'vitest';
import { decodeCanalJson } from '../../../src/protocols/canal-json/canal-json.ts';
import { DecodeError, type DecodeErrorCode, decodeErrorCodes } from '../../../src/protocols/decode-error.ts';
import { encode, insert, schemaChange, update } from '../../support/canal-messages.ts';

const json = JSON.stringify(insert);
const watermark = { ...schemaChange, isDdl: false, type: 'TIDB_WATERMARK' };
const names = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);
const manyKeys = Object.fromEntries(names(33).map((name) => [name, '1']));

function nested(levels: number): Buffer {
  return Buffer.from(`${json.slice(0, -1)},"data":${'['.repeat(levels)}${']'.repeat(levels)}}`);
}

/** What is wrong, the value, and the code and part of the message that the error must have. */
const malformed: [string, Buffer | null, DecodeErrorCode, string][] = [
  ['a tombstone', null, 'TOMBSTONE', 'null'],
  ['an empty value', Buffer.alloc(0), 'EMPTY_VALUE', '0 bytes'],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'INVALID_UTF8', '3 bytes'],
  ['UTF-8 cut within a character', Buffer.from(json.replace('first', 'é')).subarray(0, -5), 'INVALID_UTF8', 'UTF-8'],
  ['UTF-16', Buffer.from(`\ufeff${json}`, 'utf16le'), 'INVALID_UTF8', 'UTF-8'],
  ['a byte order mark', Buffer.from(`\ufeff${json}`), 'INVALID_JSON', 'SyntaxError'],
  ['text', Buffer.from('hello'), 'INVALID_JSON', 'SyntaxError'],
  ['JSON and more', Buffer.from(`${json}x`), 'INVALID_JSON', 'SyntaxError'],
  ['two messages', Buffer.from(`${json}\n${json}`), 'INVALID_JSON', 'SyntaxError'],
  ['100,000 open brackets', Buffer.from('['.repeat(100_000)), 'INVALID_JSON', '100000 bytes'],
  ['100,000 open objects', Buffer.from('{"a":'.repeat(100_000)), 'INVALID_JSON', 'SyntaxError'],
  ['20 MB cut short', Buffer.from(`{"a":"${'x'.repeat(20_000_000)}`), 'INVALID_JSON', '20000006 bytes'],
  ['null', Buffer.from('null'), 'NOT_AN_OBJECT', 'null'],
  ['a number', Buffer.from('12'), 'NOT_AN_OBJECT', '12, a number'],
  ['a string', Buffer.from('"canal"'), 'NOT_AN_OBJECT', '"canal", a string'],
  ['an array', Buffer.from(`[${json}]`), 'NOT_AN_OBJECT', 'an array of 1'],
  ['an array 100,000 deep', Buffer.from('['.repeat(1e5) + ']'.repeat(1e5)), 'NOT_AN_OBJECT', 'an array of 1'],
  ['an empty object', Buffer.from('{}'), 'MISSING_FIELD', 'type'],
  ['no isDdl', encode({ ...insert, isDdl: undefined }), 'MISSING_FIELD', 'isDdl'],
  ['no database', encode({ ...insert, database: undefined }), 'MISSING_FIELD', 'database'],
  ['no table', encode({ ...insert, table: undefined }), 'MISSING_FIELD', 'table'],
  ['no data', encode({ ...insert, data: undefined }), 'MISSING_FIELD', 'data'],
  ['no old', encode({ ...insert, old: undefined }), 'MISSING_FIELD', 'old'],
  ['no pkNames', encode({ ...insert, pkNames: undefined }), 'MISSING_FIELD', 'pkNames'],
  ['no mysqlType', encode({ ...insert, mysqlType: undefined }), 'MISSING_FIELD', 'mysqlType'],
  ['a schema change without sql', encode({ ...schemaChange, sql: undefined }), 'MISSING_FIELD', 'sql'],
  ['a watermark without its time', encode(watermark), 'MISSING_FIELD', '_tidb'],
  ['a type that is a number', encode({ ...insert, type: 5 }), 'WRONG_TYPE', 'type is 5, a number, not a string'],
  ['an isDdl that is text', encode({ ...insert, isDdl: 'false' }), 'WRONG_TYPE', 'isDdl is "false", a string'],
  ['a database that is null', encode({ ...insert, database: null }), 'WRONG_TYPE', 'database is null'],
  ['data that is one row', encode({ ...insert, data: insert.data[0] }), 'WRONG_TYPE', 'data is an object'],
  ['data that is text', encode({ ...insert, data: 'x'.repeat(500) }), 'WRONG_TYPE', '(500 characters)'],
  ['old that is one row', encode({ ...update, old: update.data[0] }), 'WRONG_TYPE', 'old is an object'],
  ['a row that is null', encode({ ...insert, data: [null] }), 'WRONG_TYPE', 'data[0] is null'],
  ['a row that is an array', encode({ ...insert, data: [[]] }), 'WRONG_TYPE', 'data[0] is an array of 0'],
  ['a second row that is text', encode({ ...insert, data: [insert.data[0], ''] }), 'WRONG_TYPE', 'data[1] is ""'],
  ['an old row that is null', encode({ ...update, old: [null] }), 'WRONG_TYPE', 'old[0] is null'],
  ['a row 100,000 deep', nested(100_000), 'WRONG_TYPE', 'data[0] is an array of 1'],
  ['pkNames that is text', encode({ ...insert, pkNames: 'order_id' }), 'WRONG_TYPE', 'pkNames is "order_id"'],
  ['a key name that is a number', encode({ ...insert, pkNames: [1] }), 'WRONG_TYPE', 'pkNames[0] is 1'],
  ['mysqlType that is null', encode({ ...insert, mysqlType: null }), 'WRONG_TYPE', 'mysqlType is null'],
  ['a type of a column that is a number', encode({ ...insert, mysqlType: { note: 3 } }), 'WRONG_TYPE', '"note" is 3'],
  ['a mark that is text', encode(insert, '{"commitTs":1,"onlyHandleKey":"yes"}'), 'WRONG_TYPE', 'onlyHandleKey'],
  ['an unknown type', encode({ ...insert, type: 'UPSERT' }), 'UNKNOWN_MESSAGE_TYPE', '"UPSERT"'],
  ['a type in small letters', encode({ ...insert, type: 'insert' }), 'UNKNOWN_MESSAGE_TYPE', '"insert"'],
  ['a type called constructor', encode({ ...insert, type: 'constructor' }), 'UNKNOWN_MESSAGE_TYPE', 'constructor'],
  ['an empty table name', encode({ ...insert, table: '' }), 'INVALID_NAME', 'table is ""'],
  ['a long schema name', encode({ ...insert, database: 's'.repeat(129) }), 'INVALID_NAME', '(129 characters)'],
  ['a long column name', encode({ ...insert, data: [{ ['c'.repeat(129)]: '1' }] }), 'INVALID_NAME', 'data[0]'],
  [
    'a key of 33 columns',
    encode({ ...insert, pkNames: names(33), mysqlType: manyKeys, data: [manyKeys] }),
    'INVALID_NAME',
    'pkNames is an array of 33',
  ],
  ['no rows', encode({ ...insert, data: [] }), 'NO_ROWS', 'an array of 0'],
  ['rows that are null', encode({ ...insert, data: null }), 'NO_ROWS', 'data is null'],
  ['a schema change with rows', encode({ ...insert, isDdl: true }), 'UNEXPECTED_ROWS', 'an array of 1'],
  ['a watermark with rows', encode({ ...watermark, data: insert.data }), 'UNEXPECTED_ROWS', 'an array of 1'],
  ['a statement with rows', encode({ ...insert, type: 'QUERY' }), 'UNEXPECTED_ROWS', 'an array of 1'],
  ['an update without old', encode({ ...update, old: null }), 'OLD_MISMATCH', 'old is null'],
  ['an update with too few old', encode({ ...update, old: [] }), 'OLD_MISMATCH', 'an array of 0'],
  ['an update with too many old', encode({ ...update, old: [{}, {}] }), 'OLD_MISMATCH', 'update with 1 rows'],
  ['an insert with old', encode({ ...update, type: 'INSERT' }), 'OLD_MISMATCH', 'an array of 1'],
  ['a delete with old', encode({ ...update, type: 'DELETE' }), 'OLD_MISMATCH', 'an array of 1'],
  ['a number', encode({ ...insert, data: [{ order_id: 1 }] }), 'INVALID_COLUMN_VALUE', '"order_id" is 1, a number'],
  ['a truth value', encode({ ...insert, data: [{ note: true }] }), 'INVALID_COLUMN_VALUE', '"note" is true, a boolean'],
  ['an object', encode({ ...insert, data: [{ note: {} }] }), 'INVALID_COLUMN_VALUE', '"note" is an object'],
  ['a number in old', encode({ ...update, old: [{ note: 1 }] }), 'INVALID_COLUMN_VALUE', 'old[0]."note" is 1'],
  ['a column of no type', encode({ ...insert, mysqlType: {} }), 'UNKNOWN_COLUMN_TYPE', 'data[0]."order_id"'],
  ['no key column', encode({ ...insert, pkNames: ['id'] }), 'MISSING_KEY_COLUMN', 'data[0] has no "id"'],
];

function errorOf(value: Buffer | null): unknown {
  try {
    return decodeCanalJson(value);
  } catch (error) {
    return error;
  }
}

test.each(malformed)('%s', (_, value, code, found) => {
  const error = errorOf(value);
  if (!(error instanceof DecodeError)) throw new Error('not refused with a DecodeError', { cause: error });
  expect(error.code).toBe(code);
  expect(error.message).toContain(found);
  expect(error.message).toContain(decodeErrorCodes[code]);
  expect(error.message.length).toBeLessThan(500);
});

test('the table above leaves out only the codes of the other tests', () => {
  const tested = new Set(malformed.map(([, , code]) => code));
  const left = Object.keys(decodeErrorCodes).filter((code) => !tested.has(code as DecodeErrorCode));
  expect(left).toEqual([
    'UNKNOWN_PROTOCOL',
    'INVALID_FRAME',
    'UNKNOWN_SCHEMA',
    'CLAIM_CHECK',
    'INVALID_TIMESTAMP',
    'NOT_BINARY',
  ]);
});

test.each([insert, update, schemaChange])('a message cut at any byte is refused ($type)', (message) => {
  const whole = encode(message, '{"commitTs":429918007904436226}');
  decodeCanalJson(whole);
  for (let length = 0; length < whole.length; length++) {
    expect(errorOf(whole.subarray(0, length))).toBeInstanceOf(DecodeError);
  }
});

test('any byte changed to any other ends in a decoded message or a DecodeError', () => {
  const whole = encode(update, '{"commitTs":429918007904436226}');
  const seen = new Set<string>();
  for (let at = 0; at < whole.length; at++) {
    for (const byte of Buffer.from('"{}[],:0\\x\x00\xff', 'latin1')) {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      const outcome = errorOf(changed);
      if (outcome instanceof DecodeError) seen.add(outcome.code);
      else expect(outcome).toHaveProperty('kind');
    }
  }
  expect(seen).toContain('INVALID_JSON');
  expect(seen).toContain('MISSING_FIELD');
});

test('names of any length in the message do not make the error long', () => {
  const name = '\u0000😀'.repeat(100_000);
  const error = errorOf(encode({ ...insert, pkNames: [name] }));
  expect(error).toMatchObject({ code: 'MISSING_KEY_COLUMN' });
  expect((error as DecodeError).message.length).toBeLessThan(1_000);
});

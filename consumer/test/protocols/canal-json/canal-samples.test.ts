import { describe, expect, test } from 'vitest';
import { decodeCanalJson } from '../../../src/protocols/canal-json/canal-json.ts';
import { DecodeError } from '../../../src/protocols/decode-error.ts';
import type { DecodedMessage, RowChange } from '../../../src/protocols/message.ts';
import { decodeRows } from '../../support/canal-messages.ts';
import { readVectors } from '../../support/vectors.ts';

interface Sample {
  statement: string;
  value: string;
}

const samples = readVectors<Sample>('canal-flat-message.jsonl');

function rowsOf(statement: string): readonly RowChange[] {
  const matching = samples.filter((sample) => sample.statement.startsWith(statement));
  expect(matching, statement).toHaveLength(1);
  return matching.flatMap(({ value }) => decodeRows(Buffer.from(value)));
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

test('every sample decodes, but for the statement that was logged as SQL', () => {
  const kinds = samples.map(({ value }): DecodedMessage['kind'] | DecodeError => {
    try {
      return decodeCanalJson(Buffer.from(value)).kind;
    } catch (error) {
      if (error instanceof DecodeError) return error;
      throw error;
    }
  });
  const count = (kind: string) => kinds.filter((found) => found === kind).length;
  expect([count('schema-change'), count('rows'), count('statement')]).toEqual([16, 15, 1]);
  const errors = kinds.filter((found) => found instanceof DecodeError);
  expect(errors.map(({ code }) => code)).toEqual(['NO_ROWS']);
  expect(errors[0]?.message).toContain('binlog_format');
});

describe('a row of all types', () => {
  const whole = {
    id: '18446744073709551615',
    code: base64('00ff80'),
    c_bool: '1',
    c_int: '-5',
    c_ubigint: '18446744073709551615',
    c_decimal: '123.4500000000',
    c_float: '1.5',
    c_double: '0.1',
    c_bit: '513',
    c_char: 'ch',
    c_varchar: 'emoji 😀 "q" \\ 日本',
    c_text: 'text ÿ',
    c_binary: base64('0102000000000000'),
    c_varbinary: base64('ff0000'),
    c_tinyblob: base64('00'),
    c_blob: base64('e697a5'),
    c_mediumblob: base64('80'),
    c_longblob: '',
    c_enum: '2',
    c_set: '5',
    c_json: '{"a": 1.0, "b": "ü"}',
    c_date: '2024-02-29',
    c_datetime: '2024-02-29 23:59:59',
    c_datetime6: '2024-02-29 23:59:59.123456',
    c_timestamp: '2024-02-29 23:59:59.123',
    c_time: '-12:34:56.500000',
    c_year: '2024',
  };
  const place = { schema: 'shop', table: 'all_types', committedAt: 1_795_353_634_000, keysOnly: false };
  const primaryKey = { id: whole.id, code: whole.code };

  test('inserted', () => {
    const [row, ...others] = rowsOf('INSERT INTO all_types VALUES');
    expect(others).toEqual([]);
    expect(row).toEqual({ ...place, operation: 'insert', primaryKey, data: whole });
  });

  test('updated: old has the changed columns, their bytes as base64 too', () => {
    expect(rowsOf('UPDATE all_types SET c_varchar')).toEqual([
      {
        ...place,
        operation: 'update',
        primaryKey,
        data: { ...whole, c_varchar: null, c_blob: base64('ff'), c_int: '7' },
        old: { c_int: '-5', c_varchar: whole.c_varchar, c_blob: whole.c_blob },
        changed: ['c_int', 'c_varchar', 'c_blob'],
      },
    ]);
  });
});

test('several rows in one message keep their order and their own old', () => {
  const changes = rowsOf('UPDATE all_types SET c_int');
  expect(changes.map(({ primaryKey }) => primaryKey)).toEqual([
    { id: '1', code: base64('01') },
    { id: '2', code: base64('0200') },
    { id: '3', code: '' },
  ]);
  // Canal adds c_text to the third row's `old` because it changed in the second.
  expect(changes.map(({ old }) => old)).toEqual([
    { c_int: null },
    { c_int: null, c_text: null },
    { c_int: null, c_text: null },
  ]);
  expect(changes.map(({ changed }) => changed)).toEqual([['c_int'], ['c_int', 'c_text'], ['c_int']]);
});

test('an update of the key has the new key, and the old one in old', () => {
  const [row] = rowsOf('UPDATE all_types SET id');
  expect(row).toMatchObject({ primaryKey: { id: '9' }, old: { id: '1' }, changed: ['id'] });
});

test('deleted rows', () => {
  const changes = rowsOf('DELETE FROM all_types');
  expect(changes.map(({ operation, data }) => [operation, data.id, data.code])).toEqual([
    ['delete', '2', base64('0200')],
    ['delete', '3', ''],
  ]);
});

test('a table without a primary key: equal rows, no key', () => {
  const row = { operation: 'insert', primaryKey: {}, data: { a: '1', b: 'x' } };
  expect(rowsOf('INSERT INTO nokey')).toMatchObject([row, row]);
  expect(rowsOf('DELETE FROM nokey')).toMatchObject([
    { operation: 'delete', primaryKey: {}, keysOnly: false },
    { operation: 'delete', primaryKey: {}, keysOnly: false },
  ]);
});

test('columns named like the extension and like properties of every object', () => {
  const [row] = rowsOf('UPDATE `odd "t`');
  expect(row?.commitTs).toBeUndefined();
  expect(row?.changed).toEqual(['__proto__', 'constructor']);
  expect(Object.entries(row?.data ?? {})).toEqual([
    ['id col', '1'],
    ['_tidb', '"_tidb":{"commitTs":1}}'],
    ['commitTs', '"commitTs":5'],
    ['__proto__', 'p2'],
    ['constructor', null],
    ['toString', 's'],
    ['日本', '😀'],
  ]);
  expect(Object.entries(row?.old ?? {})).toEqual([
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ]);
});

test('decimals have all digits of their scale', () => {
  const [first, second, third] = rowsOf('INSERT INTO dec1').map(({ data }) => data);
  expect(first).toMatchObject({
    a: '12.30',
    b: '-99999999999.99',
    c: '123.4567891234',
    d: '12345678901234567890123456789012345.123456789012345678901234567891',
    e: '12345678901234567890',
  });
  expect(second).toMatchObject({ a: '0.05', c: '0.0000000001', d: '-0.000000000000000000000000000001', f: '0.1' });
  expect(third).toMatchObject({ a: '100.00', b: '100.00', c: '100.0000000000', e: '100', g: '100.00000000000' });
});

test('BINARY(4) has four bytes, also where they are spaces and zeros', () => {
  const bytes = rowsOf('INSERT INTO def').map(({ data }) => data.b);
  expect(bytes).toEqual(['01020000', '00000000', '20202020', '0a202000'].map(base64));
});

test('the types of its schema changes', () => {
  const changes = samples.map(({ value }) => JSON.parse(value)).filter(({ isDdl }) => isDdl);
  expect(new Set(changes.map(({ type }) => type))).toEqual(
    new Set(['CREATE', 'ALTER', 'CINDEX', 'DINDEX', 'RENAME', 'TRUNCATE', 'ERASE', 'QUERY']),
  );
});

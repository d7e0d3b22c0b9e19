import { describe, expect, test } from 'vitest';
import { decodeCanalJson } from '../../../src/protocols/canal-json/canal-json.ts';
import { decodeRow, encode, insert, update } from '../../support/canal-messages.ts';

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

function columnOf(type: string, value: string | null): string | null | undefined {
  const message = { ...insert, mysqlType: { order_id: 'bigint', c: type }, data: [{ order_id: '1', c: value }] };
  return decodeRow(encode(message)).data.c;
}

describe('bytes', () => {
  test.each([
    ...['varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'binary'],
    ...['varbinary(256)', 'binary(255)', 'blob(256)', 'VARBINARY(256)', 'LongBlob'],
  ])('of a %s come as base64', (type) => {
    expect(columnOf(type, everyByte.toString('latin1'))).toBe(everyByte.toString('base64'));
  });

  test.each(['text', 'longtext', 'varchar(20)', 'char(4)', 'json', 'vector(3)', 'bit(8)', "enum('blob','binary')"])(
    'of a %s are text as it came',
    (type) => {
      expect(columnOf(type, 'ÿ 日本 😀 \0')).toBe('ÿ 日本 😀 \0');
    },
  );

  test('the empty value and NULL stay what they are', () => {
    expect(columnOf('blob', '')).toBe('');
    expect(columnOf('blob', null)).toBeNull();
  });

  test('a BINARY(n) gets back the zeros at its end', () => {
    expect(columnOf('binary(4)', '\x01')).toBe(Buffer.from([1, 0, 0, 0]).toString('base64'));
    expect(columnOf('varbinary(4)', '\x01')).toBe(Buffer.from([1]).toString('base64'));
    expect(columnOf('binary(4)', null)).toBeNull();
  });

  test.each(['\u0100', 'abc😀', '\uffff'])('a code point that is no byte is refused: %j', (value) => {
    expect(() => columnOf('varbinary(8)', value)).toThrow(expect.objectContaining({ code: 'NOT_BINARY' }));
    expect(() => columnOf('varbinary(8)', value)).toThrow('data[0]."c"');
  });

  test('a key of bytes, in the key, data and old alike', () => {
    const code = '\x00ÿ\x80';
    const base64 = Buffer.from(code, 'latin1').toString('base64');
    const row = decodeRow(
      encode({
        ...update,
        pkNames: ['code'],
        mysqlType: { code: 'varbinary(8)', n: 'int' },
        data: [{ code, n: '2' }],
        old: [{ code, n: '1' }],
      }),
    );
    expect(row).toMatchObject({ primaryKey: { code: base64 }, data: { code: base64 }, old: { code: base64 } });
    expect(row.changed).toEqual(['n']);
  });
});

test.each([
  ['decimal(12,2)', '100.0', '100.00'],
  ['decimal(12,2)', '100', '100.00'],
  ['decimal(12,2) unsigned', '0.0', '0.00'],
  ['decimal(38,10)', '-1.5', '-1.5000000000'],
  ['decimal(12,2)', '100.25', '100.25'],
  ['decimal(12,2)', '100.255', '100.255'],
  ['decimal(20,0)', '100', '100'],
  ['decimal', '100.0', '100.0'],
  ['decimal(12,2)', 'no number', 'no number'],
  ['decimal(12,2)', null, null],
])('%s %s has all digits of its scale: %s', (type, value, expected) => {
  expect(columnOf(type, value)).toBe(expected);
});

describe('columns named like properties of every object', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  // Object.fromEntries makes an own property of every name, as JSON.parse does.
  const image = (value: string) => Object.fromEntries(names.map((name) => [name, value]));

  test('are data, key and changes like any other', () => {
    const types = image('varbinary(8)');
    const row = decodeRow(
      encode({ ...update, pkNames: names, mysqlType: types, data: [image('ÿ')], old: [image('a')] }),
    );
    expect(Object.entries(row.data)).toEqual(names.map((name) => [name, '/w==']));
    expect(Object.entries(row.primaryKey)).toEqual(names.map((name) => [name, '/w==']));
    expect(row.changed).toEqual(names);
    expect(JSON.stringify(row.data)).toBe(JSON.stringify(image('/w==')));
  });

  test.each(names)('%s is no column of a row that does not have it', (name) => {
    const message = encode({ ...insert, pkNames: [name] });
    expect(() => decodeCanalJson(message)).toThrow(expect.objectContaining({ code: 'MISSING_KEY_COLUMN' }));
  });

  test.each(names)('%s has no type in a mysqlType that does not name it', (name) => {
    const message = JSON.stringify(insert).replace('"note":"first"', `"${name}":"first"`);
    expect(() => decodeCanalJson(Buffer.from(message))).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_COLUMN_TYPE' }),
    );
  });
});

test('4,096 columns', () => {
  const names = Array.from({ length: 4096 }, (_, index) => `column_${index}`.padEnd(64, 'x'));
  const row = decodeRow(
    encode({
      ...insert,
      pkNames: names.slice(0, 16),
      mysqlType: Object.fromEntries(names.map((name) => [name, 'int'])),
      data: [Object.fromEntries(names.map((name, index) => [name, String(index)]))],
    }),
  );
  expect(Object.keys(row.data)).toEqual(names);
  expect(Object.values(row.primaryKey)).toEqual(Array.from({ length: 16 }, (_, index) => String(index)));
});

import { describe, expect, test } from 'vitest';
import { openProtocol } from '../../../src/protocols/open-protocol/open-protocol.ts';

const commitTs = '470639363303931905';

function number(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function frames(...contents: readonly string[]): Buffer {
  return Buffer.concat(
    contents.flatMap((content) => [number(BigInt(Buffer.byteLength(content))), Buffer.from(content)]),
  );
}

const keyOf = (...contents: readonly string[]) => Buffer.concat([number(1n), frames(...contents)]);
const rowKey = `{"ts":${commitTs},"scm":"shop","tbl":"orders","t":1}`;
const insert = '{"u":{"id":{"t":8,"h":true,"f":11,"v":1}}}';

function decode(keys: readonly string[], values: readonly string[]) {
  return openProtocol.decode(keyOf(...keys), frames(...values));
}

function columnOf(column: string): string | null | undefined {
  const decoded = decode([rowKey], [`{"u":{"c":${column}}}`]);
  return decoded.kind === 'rows' ? decoded.rows[0]?.data.c : undefined;
}

test('rows of one message, in their order', () => {
  const remove = insert.replace('"u"', '"d"').replace('"v":1', '"v":2');
  expect(decode([rowKey, rowKey], [insert, remove])).toMatchObject({
    kind: 'rows',
    rows: [
      { operation: 'insert', primaryKey: { id: '1' }, keysOnly: false },
      { operation: 'delete', primaryKey: { id: '2' }, keysOnly: true },
    ],
  });
});

test.each([
  ['"ohk":true', true],
  ['"ohk":false,"ccl":"file:///claims/a.json"', true],
  ['"rid":1,"ptn":128', false],
])('a key with %s', (mark, isCut) => {
  const key = rowKey.replace('"t":1', `${mark},"t":1`);
  expect(decode([key], [insert])).toMatchObject({ rows: [isCut ? { keysOnly: true, isCut } : { keysOnly: false }] });
});

test('a schema change of a schema has no table', () => {
  expect(decode([`{"ts":${commitTs},"scm":"shop","t":2}`], ['{"q":"CREATE DATABASE shop","t":1}'])).toMatchObject({
    ...{ kind: 'schema-change', schema: 'shop', table: '', type: 'action 1', commitTs },
  });
});

describe('columns', () => {
  test.each([
    ['{"t":8,"f":128,"v":18446744073709551615}', '18446744073709551615'],
    ['{"t":5,"f":0,"v":1.7976931348623157e+308}', `17976931348623157${'0'.repeat(292)}`],
    ['{"t":15,"f":1,"v":"\\\\x00\\\\xff"}', 'AP8='],
    ['{"t":15,"f":0,"v":"\\\\x00"}', '\\x00'],
    ['{"t":252,"f":0,"v":"8J+YgA=="}', '😀'],
    ['{"t":252,"f":1,"v":"8J+YgA=="}', '8J+YgA=='],
    ['{"t":245,"f":1,"v":"{}"}', '{}'],
    ['{"t":252,"f":0,"v":null}', null],
  ])('%s is %s', (column, expected) => {
    expect(columnOf(column)).toBe(expected);
  });

  test.each([
    ['1', 'WRONG_TYPE'],
    ['{"f":0,"v":1}', 'UNKNOWN_COLUMN_TYPE'],
    ['{"t":99,"f":0,"v":1}', 'UNKNOWN_COLUMN_TYPE'],
    ['{"t":8,"v":1}', 'MISSING_FIELD'],
    ['{"t":8,"f":0}', 'MISSING_FIELD'],
    ['{"t":8,"f":0,"v":"1"}', 'INVALID_COLUMN_VALUE'],
    ['{"t":246,"f":0,"v":1.5}', 'INVALID_COLUMN_VALUE'],
    ['{"t":252,"f":0,"v":"?"}', 'INVALID_COLUMN_VALUE'],
    ['{"t":15,"f":1,"v":"\\\\x0"}', 'INVALID_COLUMN_VALUE'],
  ])('%s is refused: %s', (column, code) => {
    expect(() => columnOf(column)).toThrow(expect.objectContaining({ code }));
  });
});

describe('frames', () => {
  const value = frames(insert);

  test.each([
    ['no key', null, value],
    ['a key of JSON', Buffer.from(rowKey), value],
    ['a key of 7 bytes', Buffer.alloc(7), value],
    ['version 2', Buffer.concat([number(2n), frames(rowKey)]), value],
    ['a key without frames', number(1n), Buffer.alloc(0)],
    ['a value of JSON', keyOf(rowKey), Buffer.from(insert)],
    ['one value too few', keyOf(rowKey, rowKey), value],
    ['one value too many', keyOf(rowKey), frames(insert, insert)],
    ['a length of 2^64 - 1', Buffer.concat([number(1n), number(2n ** 64n - 1n), Buffer.from(rowKey)]), value],
    ['a watermark among rows', keyOf(rowKey, `{"ts":${commitTs},"t":3}`), frames(insert, '')],
  ])('%s', (_, key, bytes) => {
    expect(() => openProtocol.decode(key, bytes)).toThrow(expect.objectContaining({ code: 'INVALID_FRAME' }));
  });

  test('cut anywhere', () => {
    const key = keyOf(rowKey);
    for (let end = 0; end < key.length; end++) expect(() => openProtocol.decode(key.subarray(0, end), value)).toThrow();
    for (let end = 0; end < value.length; end++)
      expect(() => openProtocol.decode(key, value.subarray(0, end))).toThrow();
  });
});

test.each([
  ['a key that is not JSON', '{', insert, 'INVALID_JSON'],
  ['a key without ts', '{"t":1}', insert, 'MISSING_FIELD'],
  ['a key of an unknown type', `{"ts":${commitTs},"t":9}`, insert, 'UNKNOWN_MESSAGE_TYPE'],
  ['a row without table', `{"ts":${commitTs},"scm":"shop","t":1}`, insert, 'MISSING_FIELD'],
  ['a row without value', rowKey, '', 'EMPTY_VALUE'],
  ['a row without columns', rowKey, '{}', 'MISSING_FIELD'],
  ['columns that are an array', rowKey, '{"u":[]}', 'WRONG_TYPE'],
  ['former values that are null', rowKey, `{"p":null,${insert.slice(1)}`, 'WRONG_TYPE'],
  ['a column without name', rowKey, '{"u":{"":{"t":8,"f":0,"v":1}}}', 'INVALID_NAME'],
  ['a schema change without statement', `{"ts":${commitTs},"t":2}`, '{"t":3}', 'MISSING_FIELD'],
])('%s is refused', (_, key, value, code) => {
  expect(() => decode([key], [value])).toThrow(expect.objectContaining({ code }));
});

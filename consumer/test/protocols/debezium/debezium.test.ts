import { describe, expect, test } from 'vitest';
import { debezium } from '../../../src/protocols/debezium/debezium.ts';
import type { RowChange } from '../../../src/protocols/message.ts';

const commitTs = '470639363303931905';
const committedAt = Number(BigInt(commitTs) >> 18n);

interface Column {
  readonly field: string;
  readonly value: string;
  readonly type?: Readonly<Record<string, unknown>>;
}

/** Returns a message's JSON. Values are JSON text, because no JavaScript number holds 64 bits. */
function message(op: string, columns: readonly Column[], { before = '', schema = true } = {}): Buffer {
  const image = `{${columns.map(({ field, value }) => `${JSON.stringify(field)}:${value}`).join(',')}}`;
  const source = `{"db":"shop","table":"orders","commit_ts":${commitTs}}`;
  const fields = JSON.stringify(columns.map(({ field, type }) => ({ ...type, field })));
  const structs = ['before', 'after'].map((field) => `{"type":"struct","field":"${field}","fields":${fields}}`);
  const schemaPart = schema ? `,"schema":{"fields":[${structs.join(',')}]}` : '';
  return Buffer.from(`{"payload":{"source":${source},"op":"${op}"${before},"after":${image}}${schemaPart}}`);
}

const key = Buffer.from('{"payload":{"id":1}}');
const id: Column = { field: 'id', value: '1', type: { type: 'int64' } };

function rowOf(value: Buffer, rowKey: Buffer | null = key): RowChange {
  const decoded = debezium.decode(rowKey, value);
  if (decoded.kind !== 'rows' || decoded.rows[0] === undefined) throw new Error(`decoded as ${decoded.kind}`);
  return decoded.rows[0];
}

function columnOf(value: string, type: Readonly<Record<string, unknown>>): string | null | undefined {
  return rowOf(message('c', [id, { field: 'c', value, type }])).data.c;
}

test('a row of a snapshot is an insert', () => {
  expect(rowOf(message('r', [id]))).toMatchObject({
    operation: 'insert',
    primaryKey: { id: '1' },
    commitTs,
    committedAt,
  });
});

test('an update without before (debezium-output-old-value off) has no old', () => {
  const row = rowOf(message('u', [id]));
  expect(row).toMatchObject({ operation: 'update', data: { id: '1' } });
  expect(row).not.toHaveProperty('old');
});

test.each([null, Buffer.alloc(0), Buffer.from('{"payload":{}}')])('a table without any key', (noKey) => {
  expect(rowOf(message('c', [id]), noKey).primaryKey).toEqual({});
});

describe('types', () => {
  const members = (name: string, allowed: string) => ({ type: 'string', name, parameters: { allowed } });

  test.each([
    ['9223372036854775807', { type: 'int64' }, '9223372036854775807'],
    ['-1', { type: 'int64' }, '-1'],
    ['-1', { type: 'int64', tidb_type: 'bigint unsigned' }, '18446744073709551615'],
    ['1e+28', { type: 'double' }, '10000000000000000000000000000'],
    ['true', { type: 'boolean' }, '1'],
    ['"AQI="', { type: 'bytes', name: 'io.debezium.data.Bits' }, '513'],
    ['""', { type: 'bytes', name: 'io.debezium.data.Bits' }, '0'],
    ['"b,c"', members('io.debezium.data.Enum', 'a,b\\,c'), '2'],
    ['""', members('io.debezium.data.Enum', 'a'), '0'],
    ['"gone"', members('io.debezium.data.Enum', 'a'), 'gone'],
    ['"a,c d"', members('io.debezium.data.EnumSet', 'a,b,c d'), '5'],
    ['""', members('io.debezium.data.EnumSet', 'a'), '0'],
    [
      '"m63"',
      members('io.debezium.data.EnumSet', Array.from({ length: 64 }, (_, i) => `m${i}`).join(',')),
      `${2n ** 63n}`,
    ],
    ['null', { type: 'int64' }, null],
  ] as const)('%s of %j is %s', (value, type, expected) => {
    expect(columnOf(value, type)).toBe(expected);
  });

  test.each([
    ['1', { type: 'string' }, 'INVALID_COLUMN_VALUE'],
    ['"1"', { type: 'int64' }, 'INVALID_COLUMN_VALUE'],
    ['"1"', { type: 'double' }, 'INVALID_COLUMN_VALUE'],
    ['1', { type: 'boolean' }, 'INVALID_COLUMN_VALUE'],
    ['{}', { type: 'double' }, 'INVALID_COLUMN_VALUE'],
    ['1', { type: 'map' }, 'UNKNOWN_COLUMN_TYPE'],
    ['"a"', { type: 'string', name: 'io.debezium.data.Enum' }, 'MISSING_FIELD'],
  ] as const)('%s of %j is refused: %s', (value, type, code) => {
    expect(() => columnOf(value, type)).toThrow(expect.objectContaining({ code }));
  });

  test('without a schema a value says what it is', () => {
    const columns = [
      { field: 'id', value: '9223372036854775807' },
      { field: 'c', value: '1.5' },
      { field: 'd', value: '"1"' },
      { field: 'e', value: 'false' },
      { field: 'f', value: 'null' },
    ];
    expect(rowOf(message('c', columns, { schema: false })).data).toEqual({
      ...{ id: '9223372036854775807', c: '1.5', d: '1', e: '0', f: null },
    });
  });
});

const source = `"source":{"db":"shop","table":"orders","commit_ts":${commitTs}}`;

test('a schema change', () => {
  const value = `{"payload":{${source},"ddl":"ALTER TABLE orders ADD x INT","tableChanges":[{"type":"ALTER"}]}}`;
  const change = { kind: 'schema-change', schema: 'shop', table: 'orders', sql: 'ALTER TABLE orders ADD x INT' };
  expect(debezium.decode(null, Buffer.from(value))).toEqual({ ...change, type: 'ALTER', commitTs, committedAt });
});

test('a watermark', () => {
  expect(debezium.decode(null, Buffer.from(`{"payload":{${source},"op":"m"}}`))).toEqual({
    kind: 'watermark',
    watermarkTs: commitTs,
    reachedAt: committedAt,
  });
});

test.each([
  ['no payload', '{}', 'MISSING_FIELD'],
  ['no source', '{"payload":{}}', 'MISSING_FIELD'],
  ['no commit_ts', '{"payload":{"source":{}}}', 'MISSING_FIELD'],
  ['an unknown op', `{"payload":{${source},"op":"t"}}`, 'UNKNOWN_MESSAGE_TYPE'],
  ['no after', `{"payload":{${source},"op":"c"}}`, 'MISSING_FIELD'],
  ['a delete without before', `{"payload":{${source},"op":"d","after":null}}`, 'MISSING_FIELD'],
  ['no key column', `{"payload":{${source},"op":"c","after":{"a":1}}}`, 'MISSING_KEY_COLUMN'],
  ['a schema without fields', `{"schema":{},"payload":{${source},"op":"c","after":{}}}`, 'MISSING_FIELD'],
  ['a schema of another row', `{"schema":{"fields":[]},"payload":{${source},"op":"c","after":{}}}`, 'MISSING_FIELD'],
])('%s is refused', (_, value, code) => {
  expect(() => debezium.decode(key, Buffer.from(value))).toThrow(expect.objectContaining({ code }));
});

test('a key that is not JSON is refused', () => {
  expect(() => debezium.decode(Buffer.from('1:2'), message('c', [id]))).toThrow(/^the key .* is not JSON/);
});

import { describe, expect, test } from 'vitest';
import { createSimple } from '../../../src/protocols/simple/simple.ts';

const commitTs = '470639363303931905';
const primary = '{"name":"primary","unique":true,"primary":true,"nullable":false,"columns":["id"]}';

const bootstrap = (version: number | string, indexes = `[${primary}]`, table = 'orders') =>
  `{"version":1,"type":"BOOTSTRAP","buildTs":1,"tableSchema":{"schema":"shop","table":"${table}","tableID":1,"version":${version},"columns":[],"indexes":${indexes}}}`;
const row = (version: number | string, data = '{"id":"1","v":"x"}', more = '') =>
  `{"version":1,"database":"shop","table":"orders","tableID":1,"type":"INSERT","commitTs":${commitTs},"buildTs":1,"schemaVersion":${version},"data":${data}${more}}`;

function decodeAll(...messages: readonly string[]) {
  const simple = createSimple('cdc-events');
  return messages.map((message) => simple.decode(null, Buffer.from(message))).at(-1);
}

describe('the schema of a row', () => {
  test('is that of its version', () => {
    const other = primary.replace('"id"', '"v"');
    const both = [bootstrap('470639363278766080'), bootstrap('470639363278766081', `[${other}]`)];
    expect(decodeAll(...both, row('470639363278766080'))).toMatchObject({ rows: [{ primaryKey: { id: '1' } }] });
    expect(decodeAll(...both, row('470639363278766081'))).toMatchObject({ rows: [{ primaryKey: { v: 'x' } }] });
  });

  test('comes with a schema change too, and that of before it as well', () => {
    const tableSchema = (version: number) => bootstrap(version).replace(/^.*"tableSchema":|}$/g, '');
    const change = `{"version":1,"type":"ALTER","sql":"ALTER …","commitTs":${commitTs},"buildTs":1,"tableSchema":${tableSchema(2)},"preTableSchema":${tableSchema(1)}}`;
    expect(decodeAll(change)).toMatchObject({ kind: 'schema-change', schema: 'shop', table: 'orders', type: 'ALTER' });
    expect(decodeAll(change, row(1))).toMatchObject({ kind: 'rows' });
    expect(decodeAll(change, row(2))).toMatchObject({ kind: 'rows' });
  });

  test.each([
    ['none', [row(1)]],
    ['of another version', [bootstrap(2), row(1)]],
    ['of another table', [bootstrap(1, `[${primary}]`, 'customers'), row(1)]],
  ])('%s: the row is refused', (_, messages) => {
    expect(() => decodeAll(...messages)).toThrow(expect.objectContaining({ code: 'UNKNOWN_SCHEMA' }));
    expect(() => decodeAll(...messages)).toThrow('version 1 of "shop.orders"');
  });

  test('is kept for 10,000 versions, the newest', () => {
    const simple = createSimple('cdc-events');
    const decode = (message: string) => simple.decode(null, Buffer.from(message));
    for (let version = 1; version <= 10_001; version++) decode(bootstrap(version));
    expect(decode(row(2)).kind).toBe('rows');
    expect(() => decode(row(1))).toThrow(expect.objectContaining({ code: 'UNKNOWN_SCHEMA' }));
  });

  test('has no primary key where a unique key stands in for it', () => {
    const unique = '{"name":"uk","unique":true,"primary":false,"nullable":false,"columns":["id"]}';
    expect(decodeAll(bootstrap(1, `[${unique},${primary}]`), row(1))).toMatchObject({ rows: [{ primaryKey: {} }] });
    expect(decodeAll(bootstrap(1, '[]'), row(1))).toMatchObject({ rows: [{ primaryKey: {} }] });
  });
});

test('a TIMESTAMP has its time zone beside it', () => {
  const data = '{"id":"1","t":{"location":"UTC","value":"2024-03-31 01:30:00.500000"},"n":null}';
  expect(decodeAll(bootstrap(1), row(1, data))).toMatchObject({
    rows: [{ data: { id: '1', t: '2024-03-31 01:30:00.500000', n: null } }],
  });
});

test.each([
  [',"handleKeyOnly":true', true],
  [',"claimCheckLocation":"file:///claims/a.json"', true],
  [',"checksum":{"version":1,"corrupted":false,"current":1,"previous":0}', false],
])('a row with %s', (mark, isCut) => {
  expect(decodeAll(bootstrap(1), row(1, '{"id":"1"}', mark))).toMatchObject({
    rows: [isCut ? { keysOnly: true, isCut } : { keysOnly: false }],
  });
});

test('the statement that creates a schema names no table', () => {
  expect(
    decodeAll(`{"version":1,"type":"QUERY","sql":"create database d","commitTs":${commitTs},"buildTs":1}`),
  ).toMatchObject({
    ...{ kind: 'schema-change', schema: '', table: '', type: 'QUERY' },
  });
});

test.each([
  ['an unknown type', '{"version":1,"type":"UPSERT","buildTs":1}', 'UNKNOWN_MESSAGE_TYPE'],
  ['no type', '{"version":1}', 'UNKNOWN_MESSAGE_TYPE'],
  ['a watermark without its time', '{"type":"WATERMARK"}', 'MISSING_FIELD'],
  ['a bootstrap without schema', '{"type":"BOOTSTRAP"}', 'MISSING_FIELD'],
  ['a schema without version', bootstrap('null'), 'WRONG_TYPE'],
  ['a schema without indexes', bootstrap(1, 'null'), 'WRONG_TYPE'],
  ['an index that is text', bootstrap(1, '["id"]'), 'WRONG_TYPE'],
  ['an index without columns', bootstrap(1, '[{}]'), 'MISSING_FIELD'],
  [
    'a key of 33 columns',
    bootstrap(1, `[${primary.replace('"id"', Array(33).fill('"c"').join(','))}]`),
    'INVALID_NAME',
  ],
  ['no table', row(1).replace('"table":"orders",', ''), 'MISSING_FIELD'],
  ['no schemaVersion', row(1).replace('"schemaVersion":1,', ''), 'MISSING_FIELD'],
  ['no data', row(1, 'null'), 'WRONG_TYPE'],
  ['a number for a value', row(1, '{"id":1}'), 'INVALID_COLUMN_VALUE'],
  ['an object for a value', row(1, '{"id":{"location":"UTC"}}'), 'INVALID_COLUMN_VALUE'],
  ['an update without old', row(1).replace('INSERT', 'UPDATE'), 'MISSING_FIELD'],
  ['a delete without old', row(1).replace('INSERT', 'DELETE'), 'MISSING_FIELD'],
  ['a row without its key', row(1, '{"v":"x"}'), 'MISSING_KEY_COLUMN'],
  ['Avro', '\u0016\u0006\u0006\u0002', 'INVALID_JSON'],
])('%s is refused', (_, message, code) => {
  expect(() => decodeAll(bootstrap(1), message)).toThrow(expect.objectContaining({ code }));
});

import { describe, expect, test } from 'vitest';
import { decodeCanalJson } from '../../../src/protocols/canal-json/canal-json.ts';
import {
  commitTs,
  committedAt,
  decodeRow,
  decodeRows,
  encode,
  insert,
  schemaChange,
  update,
} from '../../support/canal-messages.ts';

const extension = `{"commitTs":${commitTs}}`;

describe('rows', () => {
  test('an insert', () => {
    expect(decodeCanalJson(encode(insert, extension))).toEqual({
      kind: 'rows',
      rows: [
        {
          schema: 'shop',
          table: 'orders',
          operation: 'insert',
          primaryKey: { order_id: '1' },
          commitTs,
          committedAt,
          data: { order_id: '1', note: 'first' },
          keysOnly: false,
        },
      ],
    });
  });

  test('an update names the columns whose value differs', () => {
    const row = decodeRow(encode(update));
    expect(row.old).toEqual({ order_id: '1', note: 'zeroth' });
    expect(row.changed).toEqual(['note']);
  });

  test('an update that changes nothing', () => {
    expect(decodeRow(encode({ ...update, old: update.data })).changed).toEqual([]);
  });

  test('NULL differs from the text null and from the empty text', () => {
    const types = { order_id: 'bigint', a: 'text', b: 'text', c: 'text' };
    const row = decodeRow(
      encode({
        ...update,
        mysqlType: types,
        data: [{ order_id: '1', a: null, b: '', c: null }],
        old: [{ order_id: '1', a: 'null', b: null, c: null }],
      }),
    );
    expect(row.changed).toEqual(['a', 'b']);
  });

  test('a delete has the row that is gone', () => {
    const row = decodeRow(encode({ ...insert, type: 'DELETE' }, extension));
    expect(row).toMatchObject({ operation: 'delete', data: { order_id: '1', note: 'first' }, keysOnly: false });
    expect(row).not.toHaveProperty('old');
  });

  test('several rows, each with its own old', () => {
    const rows = decodeRows(
      encode(
        {
          ...update,
          data: [
            { order_id: '1', note: 'a' },
            { order_id: '2', note: 'b' },
          ],
          old: [{ note: 'A' }, { note: 'B' }],
        },
        extension,
      ),
    );
    expect(rows.map(({ primaryKey, old }) => [primaryKey.order_id, old?.note])).toEqual([
      ['1', 'A'],
      ['2', 'B'],
    ]);
    expect(rows.map((row) => row.commitTs)).toEqual([commitTs, commitTs]);
  });

  test('a composite key, in the order of pkNames', () => {
    const mysqlType = { line_number: 'int', order_id: 'bigint' };
    const data = [{ line_number: '3', order_id: '1' }];
    const row = decodeRow(encode({ ...insert, pkNames: ['order_id', 'line_number'], mysqlType, data }));
    expect(Object.entries(row.primaryKey)).toEqual([
      ['order_id', '1'],
      ['line_number', '3'],
    ]);
  });

  test.each([null, []])('a table without a primary key (pkNames %j)', (pkNames) => {
    expect(decodeRow(encode({ ...insert, pkNames })).primaryKey).toEqual({});
  });
});

describe('keys only', () => {
  const keys = { ...insert, mysqlType: { order_id: 'bigint' }, data: [{ order_id: '1' }] };

  test.each([
    `{"commitTs":${commitTs},"onlyHandleKey":true}`,
    `{"commitTs":${commitTs},"claimCheckLocation":"/claim-check/1.json"}`,
  ])('marked by TiCDC: %s', (mark) => {
    expect(decodeRow(encode(keys, mark)).keysOnly).toBe(true);
  });

  test('a delete of which TiCDC was told to send the keys only has no mark', () => {
    expect(decodeRow(encode({ ...keys, type: 'DELETE' }, extension)).keysOnly).toBe(true);
  });

  test('an insert into a table that is all key is whole', () => {
    expect(decodeRow(encode(keys, extension)).keysOnly).toBe(false);
    expect(decodeRow(encode(keys, `{"commitTs":${commitTs},"onlyHandleKey":false}`)).keysOnly).toBe(false);
  });
});

describe('schema changes', () => {
  test.each(['CREATE', 'ALTER', 'ERASE', 'RENAME', 'TRUNCATE', 'CINDEX', 'DINDEX', 'QUERY'])('%s', (type) => {
    expect(decodeCanalJson(encode({ ...schemaChange, type }, extension))).toEqual({
      kind: 'schema-change',
      schema: 'shop',
      table: 'orders',
      type,
      sql: schemaChange.sql,
      commitTs,
      committedAt,
    });
  });

  test('of a whole schema, by Canal: no table, no commitTs', () => {
    const message = decodeCanalJson(encode({ ...schemaChange, type: 'QUERY', table: '', gtid: '' }));
    expect(message).toMatchObject({ kind: 'schema-change', table: '', committedAt: schemaChange.es });
    expect(message).not.toHaveProperty('commitTs');
  });
});

test('a watermark', () => {
  const message = { ...schemaChange, isDdl: false, type: 'TIDB_WATERMARK', database: '', table: '', sql: '' };
  expect(decodeCanalJson(encode(message, `{"watermarkTs":${commitTs}}`))).toEqual({
    kind: 'watermark',
    watermarkTs: commitTs,
    reachedAt: committedAt,
  });
});

test.each(['QUERY', 'XACOMMIT', 'XAROLLBACK'])('a statement of Canal that is no schema change: %s', (type) => {
  const sql = 'insert into orders values (1)';
  expect(decodeCanalJson(encode({ ...schemaChange, isDdl: false, type, sql }))).toEqual({
    kind: 'statement',
    type,
    sql,
  });
});

test('fields that canal-json may get in future do not matter', () => {
  const row = decodeRow(encode({ ...insert, gtid: 'a:1', future: { deep: [1] } }, extension));
  expect(row.data).toEqual(insert.data[0]);
});

test('text of 20 MB', () => {
  const note = 'ü'.repeat(10_000_000);
  const value = encode({ ...insert, data: [{ order_id: '1', note }] }, extension);
  expect(value.length).toBeGreaterThan(20_000_000);
  const row = decodeRow(value);
  expect(row.data.note === note).toBe(true);
  expect(row.commitTs).toBe(commitTs);
});

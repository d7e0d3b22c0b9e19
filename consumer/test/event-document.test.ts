import { describe, expect, test } from 'vitest';
import { toEventDocument } from '../src/event-document.ts';
import type { RowChange } from '../src/protocols/message.ts';
import { lookedUpChange } from '../src/protocols/row-change.ts';
import { commitTs, committedAt, decodeRow, decodeRows, encode, insert, update } from './support/canal-messages.ts';

const source = { topic: 'cdc-events', partition: 2, offset: '9007199254740993', row: 0 };
const change: RowChange = {
  schema: 'shop',
  table: 'order_items',
  operation: 'insert',
  primaryKey: { order_id: '1', line_number: '2' },
  commitTs,
  committedAt,
  data: { order_id: '1', line_number: '2', quantity: '3' },
  keysOnly: false,
};
const { commitTs: _, ...withoutCommitTs } = change;

function idOf(row: RowChange, place = source): string {
  return toEventDocument(row, place).event.id;
}

describe('the document', () => {
  test('of an insert', () => {
    expect(toEventDocument(change, source)).toEqual({
      '@timestamp': '2021-12-20T13:30:49.196Z',
      event: { id: expect.stringMatching(/^[\w-]{43}$/), action: 'insert', dataset: 'cdc.events' },
      cdc: {
        schema: 'shop',
        table: 'order_items',
        primary_key: { order_id: '1', line_number: '2' },
        commit_ts: commitTs,
        data: change.data,
        source: { topic: 'cdc-events', partition: 2, offset: '9007199254740993' },
      },
    });
  });

  test('of an update has old and the names of what changed', () => {
    const { cdc } = toEventDocument(decodeRow(encode(update)), source);
    expect(cdc).toMatchObject({ old: update.old[0], changed: ['note'] });
    expect(cdc).not.toHaveProperty('commit_ts');
  });

  test('says when there are only keys', () => {
    expect(toEventDocument({ ...change, keysOnly: true }, source).cdc.keys_only).toBe(true);
    expect(toEventDocument(change, source).cdc).not.toHaveProperty('keys_only');
  });

  test('says when its images were read from the database', () => {
    const cut: RowChange = { ...change, data: change.primaryKey, keysOnly: true, isCut: true };
    const { event, cdc } = toEventDocument(lookedUpChange(cut, { data: change.data }), source);
    const whole = toEventDocument(change, source);
    expect({ event, cdc }).toEqual({ event: whole.event, cdc: { ...whole.cdc, looked_up: true } });
  });

  test.each([0, 253_402_300_799_999])('has an ISO time with a year of four digits at %i', (time) => {
    const document = toEventDocument({ ...change, committedAt: time }, source);
    expect(document['@timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('keeps a column named __proto__ through JSON', () => {
    const data = JSON.parse('{"order_id":"1","__proto__":"p"}');
    const mysqlType = JSON.parse('{"order_id":"int","__proto__":"text"}');
    const row = decodeRow(encode({ ...insert, pkNames: ['__proto__'], mysqlType, data: [data] }));
    const line = JSON.stringify(toEventDocument(row, source));
    expect(line).toContain('"primary_key":{"__proto__":"p"}');
    expect(line).toContain('"data":{"order_id":"1","__proto__":"p"}');
  });
});

describe('the identity with a commitTs and a key', () => {
  test('is the same in every version of this program', () => {
    expect(idOf(change)).toBe('n-8nApjRbr2M1n3zh_I62ceMZRsm7d61KPICPN1oUgI');
  });

  test('is that of the change, wherever and whenever it arrives again', () => {
    const replayed = { topic: 'other', partition: 0, offset: '7', row: 3 };
    expect(idOf({ ...change, committedAt: 1 }, replayed)).toBe(idOf(change));
  });

  test('does not depend on the order of the key columns', () => {
    expect(idOf({ ...change, primaryKey: { line_number: '2', order_id: '1' } })).toBe(idOf(change));
  });

  test('is the same for the whole row and for its keys only', () => {
    expect(idOf({ ...change, data: change.primaryKey, keysOnly: true })).toBe(idOf(change));
  });

  const others: Partial<RowChange>[] = [
    { operation: 'delete' },
    { operation: 'update' },
    { commitTs: '429918007904436227' },
    { schema: 'shop2' },
    { table: 'orders' },
    { primaryKey: { order_id: '1', line_number: '3' } },
    { primaryKey: { order_id: '2', line_number: '1' } },
    { primaryKey: { order_id: '1' } },
    { primaryKey: { order_id: '1', line_number: null } },
    { primaryKey: { order_id: '1","line_number":"2' } },
    { schema: 'shop","order_items', table: '' },
  ];

  test('differs for any other change', () => {
    const ids = [change, ...others.map((other) => ({ ...change, ...other }))].map((row) => idOf(row));
    expect(new Set(ids).size).toBe(others.length + 1);
  });

  test('tells the delete and the insert apart that TiCDC makes of a changed unique key', () => {
    const extension = `{"commitTs":${commitTs}}`;
    const gone = decodeRow(encode({ ...insert, type: 'DELETE' }, extension));
    const come = decodeRow(encode(insert, extension));
    expect(gone.primaryKey).toEqual(come.primaryKey);
    expect(idOf(gone)).not.toBe(idOf(come));
  });
});

describe('the identity without', () => {
  test.each<[string, RowChange]>([
    ['a commitTs', withoutCommitTs],
    ['a key', { ...change, primaryKey: {} }],
  ])('%s is the place in Kafka', (_name, row) => {
    expect(idOf(row)).toBe('cdc-events-2-9007199254740993');
    expect(idOf(row, { ...source, row: 2 })).toBe('cdc-events-2-9007199254740993.2');
    expect(idOf({ ...row, operation: 'delete' })).toBe(idOf(row));
  });

  test('tells places in topics with similar names apart', () => {
    const second = { topic: 'x', partition: 1, offset: '2', row: 3 };
    const first = { topic: 'x-1', partition: 2, offset: '3', row: 0 };
    expect(idOf(withoutCommitTs, second)).not.toBe(idOf(withoutCommitTs, first));
  });

  test('tells equal rows of one message apart', () => {
    const data = [insert.data[0], insert.data[0], insert.data[0]];
    const rows = decodeRows(encode({ ...insert, pkNames: null, data }));
    const ids = rows.map((row, index) => idOf(row, { ...source, row: index }));
    expect(new Set(ids).size).toBe(3);
  });
});

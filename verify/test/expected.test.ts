import type { Operation } from '@tidb-cdc/runtime/operations';
import { expect, test } from 'vitest';
import type { Found } from '../src/clients/elasticsearch.ts';
import { expectedEvents, ownDocuments, rowDifferences, rowName } from '../src/expected.ts';

let offset = 0;
function found(table: string, operation: Operation, key: Record<string, string>): Found {
  offset += 1;
  const source = { topic: 'cdc-events', partition: 0, offset: String(offset) };
  return {
    id: `id-${offset}`,
    document: {
      '@timestamp': '2025-01-01T00:00:00.000Z',
      event: { id: `id-${offset}`, action: operation, dataset: 'cdc.events' },
      cdc: { schema: 'shop', table, primary_key: key, data: key, source },
    },
  };
}

const moved = {
  table: 'order_items',
  operation: 'update',
  key: { order_id: '1', line_number: '9' },
  previousKey: { order_id: '1', line_number: '2' },
} as const;

test('a changed key is one update, or a delete and an insert, as the target has it', () => {
  expect(expectedEvents([moved], 'update')).toEqual([
    { table: 'shop.order_items', operation: 'update', key: moved.key },
  ]);
  expect(expectedEvents([moved], 'delete and insert')).toEqual([
    { table: 'shop.order_items', operation: 'delete', key: moved.previousKey },
    { table: 'shop.order_items', operation: 'insert', key: moved.key },
  ]);
});

test('a row has one name whatever order its key comes in', () => {
  expect(rowName('t', { b: '2', a: '1' })).toBe(rowName('t', { a: '1', b: '2' }));
});

test('own orders are asked for once each', () => {
  const changes = [moved, { table: 'orders', operation: 'insert', key: { order_id: '1' } } as const];
  expect(JSON.stringify(ownDocuments(changes, 'm'))).toContain('{"terms":{"cdc.data.order_id":["1"]}}');
});

const key = { order_id: '7' };
const written = (['insert', 'update', 'delete'] as const).map((operation) => ({
  table: 'shop.orders',
  operation,
  key,
}));

test('rows whose documents are what was written, in that order, do not differ', () => {
  const documents = written.map(({ operation }) => found('orders', operation, key));
  expect(rowDifferences(written, documents)).toEqual([]);
});

test('names the row, what was written and the ids of what is there', () => {
  const [insert, remove] = [found('orders', 'insert', key), found('orders', 'delete', key)];
  expect(rowDifferences(written, [insert, remove])).toEqual([
    `shop.orders order_id=7: written insert, update, delete; documents insert, delete (${insert.id}, ${remove.id})`,
  ]);
});

test('sees a wrong order, a second document and a row that was never written', () => {
  const [insert, update, remove] = (['insert', 'update', 'delete'] as const).map((operation) =>
    found('orders', operation, key),
  );
  if (insert === undefined || update === undefined || remove === undefined) throw new Error('no documents');
  expect(rowDifferences(written, [update, insert, remove])).toHaveLength(1);
  expect(rowDifferences(written, [insert, insert, update, remove])).toHaveLength(1);
  expect(rowDifferences([], [insert])).toEqual([
    `shop.orders order_id=7: written nothing; documents insert (${insert.id})`,
  ]);
});

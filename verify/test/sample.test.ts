import { createRandom } from '@tidb-cdc/jobs/shop/random';
import { tables } from '@tidb-cdc/jobs/shop/tables';
import type { RowChange } from '@tidb-cdc/jobs/shop/writer';
import { defined } from '@tidb-cdc/runtime/defined';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { expect, test } from 'vitest';
import type { Found } from '../src/clients/elasticsearch.ts';
import { chooseSample, compareRow, keyChangeDifferences } from '../src/sample.ts';

type Image = Record<string, string | null>;

function found(table: string, action: Operation, data: Image, old?: Image): Found {
  const cdc = {
    schema: 'shop',
    table,
    primary_key: Object.fromEntries(Object.entries(data).filter(([column]) => /_id$|line_number/.test(column))),
    data,
    ...defined({ old }),
    source: { topic: 'cdc-events', partition: 0, offset: '5' },
  };
  return { id: 'x', document: { '@timestamp': '', event: { id: 'x', action, dataset: 'cdc.events' }, cdc } };
}

const row = {
  product_id: Buffer.from('7'),
  price: Buffer.from('0.10'),
  attributes: Buffer.from('{"a": [1, {"b": null}]}'),
  image_digest: Buffer.concat([Buffer.from([0, 128, 255]), Buffer.alloc(29)]),
  released_on: null,
};
const image = {
  product_id: '7',
  price: '0.10',
  attributes: '{"a":[1,{"b":null}]}',
  image_digest: row.image_digest.toString('base64'),
  released_on: null,
};
function differences(sent: Image): readonly string[] {
  return compareRow(tables.products, row, found('products', 'insert', sent));
}

test('a row and its document agree by value: text as it is, JSON by meaning, bytes as base64, NULL as null', () => {
  expect(differences(image)).toEqual([]);
});

test.each([
  ['price', '0.1', 'column price is "0.10", in document x "0.1"'],
  ['released_on', '2020-01-01', 'column released_on is null, in document x "2020-01-01"'],
  ['price', null, 'column price is "0.10", in document x null'],
  ['attributes', '{"a":[1,{"b":0}]}', /^column attributes is/],
  [
    'image_digest',
    Buffer.from([0, 128, 254]).toString('base64'),
    /^column image_digest is "AID\/A+.*", in document x "AID\+"$/,
  ],
])('a different %s (%j) is told with both values', (column, value, expected) => {
  expect(differences({ ...image, [column]: value })).toEqual([expect.stringMatching(expected)]);
});

test('trailing zero bytes are part of a value', () => {
  const trimmed = Buffer.from([0, 128, 255]).toString('base64');
  expect(differences({ ...image, image_digest: trimmed })).toHaveLength(1);
});

test('a column that only one of both has is a difference', () => {
  const { price: _, ...without } = image;
  expect(differences(without)).toEqual(['column price is not in document x']);
  expect(differences({ ...image, extra: '1' })).toEqual(['column extra is not in the table, but in document x']);
});

test('a deleted row ends in a delete, one that exists does not', () => {
  expect(compareRow(tables.products, undefined, found('products', 'delete', image))).toEqual([]);
  expect(compareRow(tables.products, undefined, found('products', 'update', image))).toEqual([
    'is deleted, but its newest document x is: update',
  ]);
  expect(compareRow(tables.products, row, found('products', 'delete', image))).toEqual([
    'exists, but its newest document x is its deletion',
  ]);
});

const moved: RowChange = {
  table: 'order_items',
  operation: 'update',
  key: { order_id: '1', line_number: '9' },
  previousKey: { order_id: '1', line_number: '2' },
};

test('an update that changed the key carries the former one', () => {
  const data = { order_id: '1', line_number: '9' };
  expect(keyChangeDifferences([moved], [found('order_items', 'update', data, { line_number: '2' })])).toEqual([]);
  expect(keyChangeDifferences([moved], [found('order_items', 'update', data, { line_number: '3' })])).toHaveLength(1);
  expect(keyChangeDifferences([moved], [])).toHaveLength(1);
});

test('the sample holds every special row once, and others beside them', () => {
  const others = Array.from({ length: 50 }, (_, n): RowChange => {
    return { table: 'products', operation: 'insert', key: { product_id: String(n) } };
  });
  const special: RowChange = {
    table: 'customers',
    operation: 'insert',
    key: { customer_id: '1' },
    special: 'NULL',
  };
  const touched: RowChange = { table: 'customers', operation: 'update', key: { customer_id: '1' } };
  const before: RowChange = { table: 'order_items', operation: 'insert', key: { order_id: '1', line_number: '2' } };
  const sample = chooseSample([special, touched, before, moved, ...others], createRandom(1), 'update');
  expect(sample.filter((row) => row.special === 'NULL')).toEqual([
    { table: 'customers', key: { customer_id: '1' }, special: 'NULL' },
  ]);
  expect(sample).toHaveLength(31);
  expect(sample).not.toContainEqual({ table: 'order_items', key: moved.previousKey });
});

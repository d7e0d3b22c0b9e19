import { expect, test } from 'vitest';
import { inRanges, ofTable } from '../../src/clients/elasticsearch.ts';

test('a table is named with its schema', () => {
  expect(JSON.stringify(ofTable('shop.a b'))).toBe(
    '{"bool":{"filter":[{"term":{"cdc.schema":"shop"}},{"term":{"cdc.table":"a b"}}]}}',
  );
  expect(() => ofTable('orders')).toThrow("'orders' must be schema.table");
});

test('no range matches nothing, instead of everything', () => {
  expect(inRanges([])).toEqual({ match_none: {} });
  const query = JSON.stringify(inRanges([{ topic: 't', partition: 2, from: 5, to: 9 }]));
  expect(query).toContain('{"term":{"cdc.source.partition":2}},{"range":{"cdc.source.offset":{"gte":5,"lt":9}}}');
});

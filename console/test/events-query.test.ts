import { describe, expect, it as test } from 'vitest';
import { ConsoleError } from '../src/errors.ts';
import { encodeCursor, eventsQuery, pageSize, readFilter } from '../src/events-query.ts';

const cursor = encodeCursor([1_700_000_000_000, 7, 2, 'cdc-events-2-7']);

describe('readFilter', () => {
  test('reads what is given and takes empty parameters as absent', () => {
    expect(readFilter({ table: 'shop.orders', operation: 'insert', text: 'ada', before: cursor })).toEqual({
      table: 'shop.orders',
      operation: 'insert',
      text: 'ada',
      before: cursor,
    });
    expect(readFilter({ table: '', operation: '', text: '', before: '', other: 'x' })).toEqual({});
  });

  test.each([
    ['table', 'orders', /'table' \(orders\).*schema\.table/],
    ['table', '.orders', /'table' \(\.orders\)/],
    ['operation', 'drop', /'operation' \(drop\).*insert, update, delete/],
    ['text', 'a b c d e f g h i', /'text'.*8 words/],
    ['text', 'x'.repeat(201), /'text'.*200 characters/],
    ['before', 'not-a-cursor', /'before' \(not-a-cursor\)/],
    ['before', Buffer.from('[1,2]').toString('base64url'), /'before'/],
    ['before', Buffer.from('{"a":{}}').toString('base64url'), /'before'/],
    ['table', ['shop.a', 'shop.b'], /'table' \(shop\.a, shop\.b\).*once/],
  ])('refuses %s=%s', (name, value, message) => {
    const read = () => readFilter({ [name]: value });
    expect(read).toThrow(message);
    expect(read).toThrow(ConsoleError);
  });
});

describe('eventsQuery', () => {
  test('asks for the newest events in a total order, and for one more than a page', () => {
    expect(eventsQuery({})).toEqual({
      size: pageSize + 1,
      track_total_hits: true,
      timeout: '2s',
      query: { bool: { filter: [{ term: { 'event.dataset': 'cdc.events' } }] } },
      sort: [
        { '@timestamp': { order: 'desc' } },
        { 'cdc.source.offset': { order: 'desc' } },
        { 'cdc.source.partition': { order: 'desc' } },
        { 'event.id': { order: 'desc' } },
      ],
    });
  });

  test('goes on after the event of the cursor', () => {
    expect(eventsQuery({ before: cursor })).toMatchObject({
      search_after: [1_700_000_000_000, 7, 2, 'cdc-events-2-7'],
    });
  });

  test('filters by the exact table and operation', () => {
    expect(conditions({ table: 'shop.odd.name', operation: 'delete' })).toEqual([
      { term: { 'event.dataset': 'cdc.events' } },
      { term: { 'cdc.schema': 'shop' } },
      { term: { 'cdc.table': 'odd.name' } },
      { term: { 'event.action': 'delete' } },
    ]);
  });

  test('looks for each word in the key and in both images, with wildcards of the text taken literally', () => {
    const [, first, second, ...others] = conditions({ text: '  50%*  a\\b? ' });
    const anywhere = (value: string) => ({
      bool: {
        should: ['cdc.primary_key', 'cdc.data', 'cdc.old'].map((field) => ({
          wildcard: { [field]: { value, case_insensitive: true } },
        })),
      },
    });
    expect([first, second, others]).toEqual([anywhere('*50%\\**'), anywhere('*a\\\\b\\?*'), []]);
  });
});

function conditions(filter: Parameters<typeof eventsQuery>[0]): unknown[] {
  return (eventsQuery(filter) as { query: { bool: { filter: unknown[] } } }).query.bool.filter;
}

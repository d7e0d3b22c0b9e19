import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import { expect, test } from 'vitest';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { decodeBatch } from '../src/decode-batch.ts';
import type { EventDocument } from '../src/event-document.ts';
import { createDecoder } from '../src/protocols/decoder.ts';
import { committedAt, encode, insert, schemaChange, update } from './support/canal-messages.ts';
import { insertMessage, kafkaMessage } from './support/messages.ts';

const watermark = { ...insert, type: 'TIDB_WATERMARK', data: null };

async function decode(messages: readonly KafkaMessage[], { nextNew = 0, maxLineBytes = 1_048_576 } = {}) {
  const events: EventDocument[] = [];
  const { log, lines } = recordedLog();
  const append = (line: string) => void events.push(JSON.parse(line) as EventDocument);
  const source = { topic: 'cdc-events', partition: 1, messages };
  return {
    ...(await decodeBatch(source, { decoder: createDecoder('canal-json', log), nextNew, maxLineBytes, append, log })),
    events,
    lines,
  };
}

test('rows become events in their order, and counts of their table', async () => {
  const { events, increments, commitTimes } = await decode([
    insertMessage(5, 2),
    kafkaMessage(6, encode(update)),
    kafkaMessage(7, encode({ ...insert, type: 'DELETE', table: 'customers' })),
  ]);
  expect(events.map(({ event, cdc }) => [cdc.source.offset, event.action, cdc.data.order_id])).toEqual([
    ['5', 'insert', '5-0'],
    ['5', 'insert', '5-1'],
    ['6', 'update', '1'],
    ['7', 'delete', '1'],
  ]);
  expect(commitTimes).toEqual([committedAt, committedAt, committedAt, committedAt]);
  const counts = increments.map(({ counter, labels, by }) => [counter, labels.tablename, labels.operation, by]);
  expect(counts.filter(([counter]) => counter === 'cdc_events_total')).toEqual([
    ['cdc_events_total', 'shop.orders', 'insert', 2],
    ['cdc_events_total', 'shop.orders', 'update', 1],
    ['cdc_events_total', 'shop.orders', 'delete', 0],
    ['cdc_events_total', 'shop.customers', 'insert', 0],
    ['cdc_events_total', 'shop.customers', 'update', 0],
    ['cdc_events_total', 'shop.customers', 'delete', 1],
  ]);
});

test('rows of messages that were counted before are duplicates', async () => {
  const { increments } = await decode([insertMessage(5, 2), insertMessage(6), insertMessage(7)], { nextNew: 7 });
  expect(increments).toContainEqual({ counter: 'cdc_duplicate_events_total', labels: {}, by: 3 });
});

test('a row that is too large is cut to the bound of a line', async () => {
  const { events } = await decode(
    [kafkaMessage(1, encode({ ...insert, data: [{ order_id: '1', note: 'x'.repeat(90_000) }] }))],
    {
      maxLineBytes: 32_768,
    },
  );
  expect(events[0]?.cdc.truncated).toBe(true);
  expect(JSON.stringify(events[0]).length).toBeLessThan(32_768);
});

test('what cannot be decoded is a dead letter and does not hold up the rest', async () => {
  const bad = kafkaMessage(6, '{bad');
  const { events, deadLetters, increments } = await decode([
    insertMessage(5),
    bad,
    kafkaMessage(7, null),
    insertMessage(8),
  ]);
  expect(events.map(({ cdc }) => cdc.source.offset)).toEqual(['5', '8']);
  expect(deadLetters).toMatchObject([
    { code: 'INVALID_JSON', topic: 'cdc-events', partition: 1, message: bad },
    { code: 'TOMBSTONE', message: { offset: '7' } },
  ]);
  expect(increments).toContainEqual({ counter: 'cdc_dead_letters_total', labels: { reason: 'INVALID_JSON' }, by: 1 });
  expect(increments).toContainEqual({ counter: 'cdc_dead_letters_total', labels: { reason: 'TOMBSTONE' }, by: 1 });
});

test('a dead letter that was sent again is the change of its first place, however often it is sent', async () => {
  const headers = { 'original.topic': 'cdc-events', 'original.partition': '2', 'original.offset': '77' };
  const { events } = await decode([8, 9].map((offset) => ({ ...insertMessage(offset, 2), headers }) as KafkaMessage));
  expect(events.map(({ event }) => event.id)).toEqual(
    ['a', 'b'].flatMap(() => ['cdc-events-2-77', 'cdc-events-2-77.1']),
  );
  expect(events.map(({ cdc }) => cdc.source.offset)).toEqual(['8', '8', '9', '9']);
});

test('a schema change is logged with a bounded statement, and counted', async () => {
  const sql = `ALTER TABLE orders COMMENT '${'x'.repeat(5_000)}'`;
  const { events, increments, lines } = await decode([kafkaMessage(3, encode({ ...schemaChange, sql }))]);
  expect(events).toEqual([]);
  expect(increments).toContainEqual({ counter: 'cdc_schema_changes_total', labels: {}, by: 1 });
  expect(lines).toMatchObject([
    { level: 'info', schema: 'shop', table: 'orders', type: 'ALTER', source: { offset: '3' } },
  ]);
  expect(lines[0]?.sql).toBe(sql.slice(0, 2_000));
});

test('the last watermark of the batch counts, and none is none', async () => {
  const at = (ms: number) => encode(watermark, `{"watermarkTs":${BigInt(ms) << 18n}}`);
  expect((await decode([kafkaMessage(1, at(5_000)), kafkaMessage(2, at(6_000)), insertMessage(3)])).watermark).toBe(
    6_000,
  );
  expect((await decode([insertMessage(3)])).watermark).toBeUndefined();
});

test('a statement without rows changes nothing', async () => {
  const { events, deadLetters, lines } = await decode([
    kafkaMessage(1, encode({ ...schemaChange, isDdl: false, type: 'QUERY' })),
  ]);
  expect([events, deadLetters]).toEqual([[], []]);
  expect(lines).toMatchObject([{ level: 'debug' }]);
});

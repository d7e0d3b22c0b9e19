import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { rejectedIndex } from '@tidb-cdc/charts/pipeline';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { eventIndex, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import { expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { createEmptyTopic, deleteTopic, produce, readMessages } from '../../src/clients/kafka.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const topic = 'cdc-events';
const deadLetterTopic = 'cdc-events.dead-letter';

function uniqueTable(): string {
  return `poison.t_${randomUUID().slice(0, 8)}`;
}

const whole = canalInsert('poison.t', 1);
const poison: readonly (readonly [kind: string, value: Buffer | null, code: string])[] = [
  ['a message cut off in the middle', whole.subarray(0, whole.length >> 1), 'INVALID_JSON'],
  ['text that is no JSON', Buffer.from('hello'), 'INVALID_JSON'],
  ['an empty value', Buffer.alloc(0), 'EMPTY_VALUE'],
  ['a tombstone', null, 'TOMBSTONE'],
  ['a list', Buffer.from('[1, 2]'), 'NOT_AN_OBJECT'],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'INVALID_UTF8'],
  ['an object of something else', Buffer.from('{"hello": "world"}'), 'MISSING_FIELD'],
  ['rows of a wrong type', replaced('"data":[{"id":"1"}]', '"data":"1"'), 'WRONG_TYPE'],
  ['a column that is a number', replaced('"id":"1"', '"id":1'), 'INVALID_COLUMN_VALUE'],
  ['an unknown kind of message', replaced('"INSERT"', '"UPSERT"'), 'UNKNOWN_MESSAGE_TYPE'],
  ['900 KB of brackets', Buffer.alloc(900_000, '['), 'INVALID_JSON'],
];

function replaced(from: string, to: string): Buffer {
  const text = whole.toString();
  if (!text.includes(from)) throw new Error(`no ${from} in ${text}`);
  return Buffer.from(text.replace(from, to));
}

test('a message that cannot be decoded goes to the dead-letter topic with its reason, and the next one is processed', async () => {
  const { kafka } = stage.system.endpoints;
  const table = uniqueTable();
  const key = Buffer.from(table);
  const mixed = poison.flatMap(([, value], n) => [
    { key, value },
    { key: null, value: canalInsert(table, n) },
  ]);
  // A single request would be larger than the broker accepts.
  for (let n = 0; n < mixed.length; n += 2) await produce(kafka, topic, 1, mixed.slice(n, n + 2));

  await stage.waitForAll(table, { insert: poison.length });
  const letters = await readMessages(
    kafka,
    deadLetterTopic,
    (message) => key.equals(message.key ?? Buffer.alloc(0)),
    poison.length,
    60_000,
  );
  const told = letters.map(({ message: { headers = {}, value } }) => ({
    code: String(headers['error.code']),
    topic: String(headers['original.topic']),
    partition: String(headers['original.partition']),
    value,
  }));
  expect(told).toEqual(poison.map(([, value, code]) => ({ code, topic, partition: '1', value })));
  for (const { message } of letters) {
    expect(String(message.headers?.['error.reason'])).toMatch(/\S+/);
    expect(String(message.headers?.['original.offset'])).toMatch(/^\d+$/);
  }
});

test('dead letters are counted by reason', async () => {
  const { kafka } = stage.system.endpoints;
  const before = (await stage.snapshot()).deadLetters;
  const table = uniqueTable();
  await produce(kafka, topic, 2, [{ value: 'no JSON' }, { value: canalInsert(table, 1) }]);
  await stage.waitForCounter(table, { insert: 1 });
  expect((await stage.snapshot()).deadLetters).toBe(before + 1);
});

test('several rows in one message are as many documents', async () => {
  const table = uniqueTable();
  const message = canalInsert(table, 1)
    .toString()
    .replace('"data":[{"id":"1"}]', '"data":[{"id":"1"},{"id":"2"},{"id":"3"}]');
  await produce(stage.system.endpoints.kafka, topic, 0, [{ value: message }]);
  await stage.waitForAll(table, { insert: 3 });
  const found = await stage.documents(table);
  expect(found.map(({ document }) => document.cdc.primary_key.id)).toEqual(['1', '2', '3']);
});

test('a table of another schema and a name with odd characters are found', async () => {
  const table = `poison.${randomUUID().slice(0, 4)} "ü".\\ 1`.replaceAll('.\\', '\\');
  await produce(stage.system.endpoints.kafka, topic, 0, [{ value: canalInsert(table, 1, { note: '\u0000\u2028' }) }]);
  await stage.waitForCounter(table, { insert: 1 });
  await stage.waitForDocuments(table, { insert: 1 });
  const [only] = await stage.index.search(ofTable(table));
  expect(only?.document.cdc.data).toEqual({ id: '1', note: '\u0000\u2028' });
});

test('a document that Elasticsearch refuses is kept beside the others with the reason, and the next one is found', async () => {
  const table = uniqueTable();
  const { kafka, elasticsearch } = stage.system.endpoints;
  const refused = canalInsert(table, 1, { '.starts with a dot': 'x' });
  await produce(kafka, topic, 1, [{ value: refused }, { value: canalInsert(table, 2) }]);
  await stage.waitForCounter(table, { insert: 2 });
  await stage.waitForDocuments(table, { insert: 1 });
  const rejected = eventIndex(elasticsearch, rejectedIndex);
  await waitFor(
    `the refused document of ${table}`,
    async () => {
      await rejected.refresh();
      expect(await rejected.count({ match_phrase: { message: table.split('.')[1] } })).toBe(1);
    },
    { timeoutMs: 60_000 },
  );
});

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('batches that Kafka packs by %s are read', async (codec) => {
  const { kafka } = stage.system.endpoints;
  const packed = uniqueName(codec);
  await createEmptyTopic(kafka, packed, 1, { 'compression.type': codec });
  const folder = join(stage.system.folder, packed);
  const consumer = await OwnConsumer.start({ kafka, topic: packed, groupId: packed, folder });
  try {
    const table = uniqueTable();
    const body = 'a row that repeats itself '.repeat(5_000);
    for (let batch = 0; batch < 3; batch += 1) {
      const ids = [0, 1, 2].map((n) => batch * 3 + n);
      await produce(
        kafka,
        packed,
        0,
        ids.map((id) => ({ value: canalInsert(table, id, { body }) })),
      );
    }
    await waitFor('nine rows', () => expect(consumer.lines()).toHaveLength(9), arrival);
    expect(consumer.lines().map(({ cdc }) => [cdc.data.id, cdc.data.body === body])).toEqual(
      [...Array(9).keys()].map((id) => [String(id), true]),
    );
  } finally {
    await consumer.kill();
    await deleteTopic(kafka, packed);
  }
});

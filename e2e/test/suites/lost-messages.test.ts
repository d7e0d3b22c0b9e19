import { join } from 'node:path';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { total } from '@tidb-cdc/verify/cells';
import { scrape } from '@tidb-cdc/verify/clients/consumer';
import { afterEach, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { createEmptyTopic, deleteTopic, dropMessagesBefore, produce } from '../../src/clients/kafka.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const { kafka } = stage.system.endpoints;
const topic = uniqueName('lost');
const running: OwnConsumer[] = [];

afterEach(async () => {
  for (const consumer of running.splice(0)) await consumer.kill();
  await deleteTopic(kafka, topic);
});

async function startConsumer(): Promise<OwnConsumer> {
  const consumer = await OwnConsumer.start({ kafka, topic, groupId: topic, folder: join(stage.system.folder, topic) });
  running.push(consumer);
  return consumer;
}

async function produceRows(partition: number, first: number, last: number): Promise<void> {
  const ids = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  await produce(
    kafka,
    topic,
    partition,
    ids.map((id) => ({ value: canalInsert('lost.rows', id) })),
  );
}

async function lostOf(consumer: OwnConsumer): Promise<Readonly<Record<string, number>>> {
  const samples = await scrape(consumer.url);
  const lost = samples.filter(({ name }) => name === 'cdc_messages_lost_total');
  return Object.fromEntries(lost.map(({ labels, value }) => [labels.partition, value]));
}

async function waitForEvents(consumer: OwnConsumer, events: number): Promise<void> {
  await waitFor('the counter', async () => expect(total((await consumer.snapshot()).events)).toBe(events), arrival);
}

test('messages that the topic drops before they are read are counted, and named in the log, once', async () => {
  await createEmptyTopic(kafka, topic, 2);
  const first = await startConsumer();
  await produceRows(0, 1, 10);
  await produceRows(1, 1, 10);
  await waitForEvents(first, 20);
  await first.stop();

  // One partition has messages after the deleted ones, the other has none.
  await produceRows(0, 11, 40);
  await produceRows(1, 11, 40);
  await dropMessagesBefore(kafka, topic, 0, 25);
  await dropMessagesBefore(kafka, topic, 1, 40);
  const second = await startConsumer();
  await waitFor('the losses', async () => expect(await lostOf(second)).toEqual({ 0: 15, 1: 30 }), arrival);
  await waitForEvents(second, 35);
  const told = second
    .output()
    .split('\n')
    .filter((line) => line.includes('messages are lost'))
    .map((line) => JSON.parse(line) as { partition: number })
    .sort((a, b) => a.partition - b.partition);
  expect(told).toMatchObject([
    { log: { level: 'error' }, topic, partition: 0, messages: 15, firstLost: 10, lastLost: 24 },
    { log: { level: 'error' }, topic, partition: 1, messages: 30, firstLost: 10, lastLost: 39 },
  ]);
  await second.stop();

  const third = await startConsumer();
  await produceRows(1, 41, 41);
  await waitForEvents(third, 36);
  expect(await lostOf(third)).toEqual({ 0: 15, 1: 30 });
});

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { total } from '@tidb-cdc/verify/cells';
import { afterEach, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { committedOffsets, createEmptyTopic, deleteTopic, produce, resetOffsets } from '../../src/clients/kafka.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import {
  countedBy,
  idsOf,
  produceRows,
  waitForAssigned,
  waitForFirstCount,
  waitForReconciled,
  waitForRows,
} from '../rows.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const { kafka } = stage.system.endpoints;
const running: OwnConsumer[] = [];
const topics: string[] = [];

afterEach(async () => {
  for (const consumer of running.splice(0)) await consumer.kill();
  for (const topic of topics.splice(0)) await deleteTopic(kafka, topic);
});

function newTopic(): string {
  const topic = uniqueName('e2e');
  topics.push(topic);
  return topic;
}

async function startConsumer(topic: string, name: string, groupId = topic): Promise<OwnConsumer> {
  const consumer = await OwnConsumer.start({ kafka, topic, groupId, folder: join(stage.system.folder, topic, name) });
  running.push(consumer);
  return consumer;
}

/** A consumer's lines after `fromLine` whose offset was already committed: rows repeated although they were done. */
function repeated(consumer: OwnConsumer, fromLine: number, committed: ReadonlyMap<number, number>): string[] {
  return consumer
    .lines()
    .slice(fromLine)
    .filter(({ cdc: { source } }) => Number(source.offset) < (committed.get(source.partition) ?? 0))
    .map(({ event }) => event.id);
}

test('a consumer joins and another leaves while rows are written: none is lost, none that was committed is repeated', async () => {
  const topic = newTopic();
  const partitions = 6;
  await createEmptyTopic(kafka, topic, partitions);
  const first = await startConsumer(topic, 'first');
  await produceRows(kafka, topic, partitions, 1, 2_000);
  await waitForRows([first], 2_000);

  const beforeJoin = await committedOffsets(kafka, topic, topic);
  const second = await startConsumer(topic, 'second');
  await produceRows(kafka, topic, partitions, 2_001, 4_000);
  await waitForAssigned([first, second], [3, 3]);
  await produceRows(kafka, topic, partitions, 4_001, 6_000);
  await waitForRows([first, second], 6_000);
  expect(repeated(second, 0, beforeJoin)).toEqual([]);

  const producing = produceRows(kafka, topic, partitions, 6_001, 8_000);
  const { code } = await first.stop();
  expect(code).toBe(0);
  const afterLeave = await committedOffsets(kafka, topic, topic);
  const linesThen = second.lines().length;
  await producing;
  await waitForRows([first, second], 8_000);
  expect(repeated(second, linesThen, afterLeave)).toEqual([]);
  expect(new Set(idsOf([first, second])).size).toBe(8_000);
});

test('a graceful end commits what was written: the next start repeats nothing, and the counter goes on', async () => {
  const topic = newTopic();
  await createEmptyTopic(kafka, topic, 1);
  const first = await startConsumer(topic, 'only');
  await produceRows(kafka, topic, 1, 1, 500);
  await waitForRows([first], 500);
  const { code, output } = await first.stop();
  expect(code, output).toBe(0);

  const second = await startConsumer(topic, 'only');
  await produceRows(kafka, topic, 1, 501, 1_000);
  await waitForRows([second], 1_000);
  expect(idsOf([second])).toHaveLength(1_000);
  const { events, duplicates } = await second.snapshot();
  expect({ events: total(events), duplicates }).toEqual({ events: 1_000, duplicates: 0 });
});

test('rows that Kafka delivers again have the same identity, and are counted as duplicates', async () => {
  const topic = newTopic();
  await createEmptyTopic(kafka, topic, 1);
  const first = await startConsumer(topic, 'only');
  await produceRows(kafka, topic, 1, 1, 300);
  await waitForRows([first], 300);
  await first.stop();
  await resetOffsets(kafka, topic, topic, [{ partition: 0, offset: '100' }]);

  const second = await startConsumer(topic, 'only');
  await produceRows(kafka, topic, 1, 301, 310);
  await waitFor('the counter', async () => expect(total((await second.snapshot()).events)).toBe(510), arrival);
  expect((await second.snapshot()).duplicates).toBe(200);
  const ids = second.lines().map(({ event }) => event.id);
  expect(ids).toHaveLength(510);
  expect(new Set(ids).size).toBe(310);
});

test('members are killed again and again: over all of them, counter − duplicates = rows', async () => {
  const topic = newTopic();
  const partitions = 4;
  await createEmptyTopic(kafka, topic, partitions);
  const names = ['first', 'second'] as const;
  const members = await Promise.all(names.map((name) => startConsumer(topic, name)));
  const kills = 4;
  let last = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    // Kill the members in turn, as soon as the victim counts rows that are being written.
    const victim = kill % members.length;
    for (const member of members) await member.waitForProbe('/readyz', 200);
    const counted = await countedBy(members[victim]);
    const producing = produceRows(kafka, topic, partitions, last + 1, last + 4_000);
    last += 4_000;
    await waitForFirstCount(members[victim], counted);
    await members[victim]?.kill();
    members[victim] = await startConsumer(topic, names[victim] ?? '');
    await producing;
    await waitForRows(members, last);
    await waitForAssigned(members, [2, 2]);
  }
  await waitForReconciled(members, last);
});

test('a backlog of batches over the fetch limit drains evenly over its partitions', async () => {
  const topic = newTopic();
  const partitions = 3;
  await createEmptyTopic(kafka, topic, partitions);
  const batches = 12;
  const body = randomBytes(450_000).toString('hex');
  for (let partition = 0; partition < partitions; partition += 1) {
    for (let id = 0; id < batches; id += 1) {
      await produce(kafka, topic, partition, [{ value: canalInsert('group.large', id, { body }) }]);
    }
  }
  const consumer = await startConsumer(topic, 'only');
  await waitFor('the backlog', () => expect(consumer.lines()).toHaveLength(partitions * batches), arrival);
  const order = consumer.lines().map(({ cdc }) => cdc.source.partition);
  // After half of all messages, no partition is still at its beginning or already at its end.
  const half = order.slice(0, order.length / 2);
  const ofPartition = [0, 1, 2].map((partition) => half.filter((one) => one === partition).length);
  expect(Math.min(...ofPartition), String(order)).toBeGreaterThan(0);
  expect(Math.max(...ofPartition), String(order)).toBeLessThan(batches);
});

test('it waits for a topic that is not there yet, says so, and reads it from its beginning', async () => {
  const topic = newTopic();
  const consumer = await startConsumer(topic, 'only');
  const { reason } = await waitFor(
    'the topic named as missing',
    async () => {
      const answer = await consumer.probe('/readyz');
      expect(answer.reason).toContain(topic);
      return answer;
    },
    arrival,
  );
  expect(reason).toMatch(/no such topic yet/);
  expect(await consumer.probe('/livez')).toMatchObject({ status: 200 });

  await createEmptyTopic(kafka, topic, 2);
  await produceRows(kafka, topic, 2, 1, 10);
  await waitForRows([consumer], 10);
  await consumer.waitForProbe('/readyz', 200);
});

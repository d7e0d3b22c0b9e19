import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { otherTables } from '@tidb-cdc/consumer/counts';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { cellKey, total } from '@tidb-cdc/verify/cells';
import { afterAll, describe, expect, test } from 'vitest';
import { addPartitions, committedOffsets, createEmptyTopic, deleteTopic, produce } from '../../src/clients/kafka.ts';
import { OwnConsumer, type OwnConsumerOptions, uniqueName } from '../own-consumer.ts';
import { countedBy, produceRows, waitForAssigned, waitForFirstCount, waitForReconciled, waitForRows } from '../rows.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const { kafka } = stage.system.endpoints;
const isRoot = process.getuid?.() === 0;

const cleanUps: (() => unknown)[] = [];

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function newTopic(partitions: number): Promise<string> {
  const topic = uniqueName('nothing-lost');
  await createEmptyTopic(kafka, topic, partitions);
  cleanUps.push(() => deleteTopic(kafka, topic));
  return topic;
}

async function committedRows(topic: string): Promise<number> {
  const offsets = await committedOffsets(kafka, topic, topic);
  return [...offsets.values()].reduce((sum, offset) => sum + offset, 0);
}

async function startConsumer(topic: string, options: Partial<OwnConsumerOptions> = {}): Promise<OwnConsumer> {
  const folder = join(stage.system.folder, topic);
  const consumer = await OwnConsumer.start({ kafka, topic, groupId: topic, folder, ...options });
  cleanUps.push(() => consumer.kill());
  return consumer;
}

describe.concurrent('nothing is lost', () => {
  test('partitions are added while it runs', async () => {
    const topic = await newTopic(1);
    const consumer = await startConsumer(topic);
    await produceRows(kafka, topic, 1, 1, 500);
    await waitForRows([consumer], 500);
    await addPartitions(kafka, topic, 3);
    await produceRows(kafka, topic, 3, 501, 1_500);
    await waitForAssigned([consumer], [3]);
    await waitForReconciled([consumer], 1_500);
  });

  test('the topic is deleted and created again while it runs', async () => {
    const topic = await newTopic(2);
    const consumer = await startConsumer(topic);
    await produceRows(kafka, topic, 2, 1, 500);
    await waitForRows([consumer], 500);
    // What is read and not committed yet may be read again.
    await waitFor('the commit', async () => expect(await committedRows(topic)).toBe(500), arrival);
    await deleteTopic(kafka, topic);
    await createEmptyTopic(kafka, topic, 2);
    await produceRows(kafka, topic, 2, 501, 800);
    await waitForRows([consumer], 800);
    await waitFor('the counter', async () => expect(await countedBy(consumer)).toBe(800), arrival);
    expect((await consumer.snapshot()).duplicates).toBe(0);
  });

  test('a member stands still for longer than its session, in the middle of its work', async () => {
    const topic = await newTopic(4);
    const still = await startConsumer(topic, { folder: join(stage.system.folder, topic, 'still') });
    const other = await startConsumer(topic, { folder: join(stage.system.folder, topic, 'other') });
    await waitForAssigned([still, other], [2, 2]);
    const producing = produceRows(kafka, topic, 4, 1, 20_000);
    await waitForFirstCount(still);
    still.freeze();
    await producing;
    await waitForAssigned([other], [4]);
    await produceRows(kafka, topic, 4, 20_001, 21_000);
    still.thaw();
    await waitForAssigned([still, other], [2, 2]);
    await produceRows(kafka, topic, 4, 21_001, 22_000);
    await waitForReconciled([still, other], 22_000);
  });

  test('the dead-letter topic is missing when it is needed, and made then', async () => {
    const topic = await newTopic(1);
    const deadLetters = uniqueName('nothing-lost-dead');
    cleanUps.push(() => deleteTopic(kafka, deadLetters));
    const consumer = await startConsumer(topic, { env: { KAFKA_DEAD_LETTER_TOPIC: deadLetters } });
    await produceRows(kafka, topic, 1, 1, 10);
    await waitForRows([consumer], 10);
    await produce(kafka, topic, 0, [{ value: 'not JSON' }]);
    await produceRows(kafka, topic, 1, 11, 20);
    expect((await consumer.waitForProbe('/readyz', 503)).reason).toMatch(/cannot send dead letters/);
    expect(await consumer.probe('/livez')).toMatchObject({ status: 200 });
    await createEmptyTopic(kafka, deadLetters, 1);
    await waitForReconciled([consumer], 20);
    expect((await consumer.snapshot()).deadLetters).toBe(1);
  });

  test.runIf(isRoot)('the disk is full, and has room again', async () => {
    const topic = await newTopic(1);
    const folder = join(stage.system.folder, topic);
    execFileSync('mkdir', [folder]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
    cleanUps.push(() => execFileSync('umount', ['--lazy', folder]));
    const consumer = await startConsumer(topic, { folder });
    await produceRows(kafka, topic, 1, 1, 10);
    await waitForRows([consumer], 10);
    const ballast = join(folder, 'ballast');
    expect(() => writeFileSync(ballast, Buffer.alloc(4 * 1024 * 1024))).toThrow('ENOSPC');
    await produceRows(kafka, topic, 1, 11, 500);
    expect((await consumer.waitForProbe('/readyz', 503)).reason).toMatch(/ENOSPC/);
    rmSync(ballast);
    await waitForReconciled([consumer], 500);
  });

  test('10,000 tables: 1,000 have series of their own, and every row is counted', async () => {
    const topic = await newTopic(3);
    const consumer = await startConsumer(topic);
    await produceRows(kafka, topic, 3, 1, 10_000, (id) => `wide.t_${id}`);
    await waitForReconciled([consumer], 10_000);
    const { events } = await consumer.snapshot();
    const tables = new Set([...events.keys()].map((cell) => cell.split(' ')[0]));
    expect(tables.size).toBe(1_001);
    expect(events.get(cellKey(otherTables, 'insert'))).toBe(9_000);
    expect(consumer.output()).toContain('METRICS_MAX_TABLES');
  });

  test('two members, 24 partitions and 200 tables: each table is counted exactly', async () => {
    const topic = await newTopic(24);
    const members = await Promise.all(
      ['first', 'second'].map((name) => startConsumer(topic, { folder: join(stage.system.folder, topic, name) })),
    );
    await waitForAssigned(members, [12, 12]);
    const tables = 200;
    await produceRows(kafka, topic, 24, 1, 4_800, (id) => `many.t_${id % tables}`);
    await waitForReconciled(members, 4_800);
    const counted = new Map<string, number>();
    for (const { events } of await Promise.all(members.map((one) => one.snapshot()))) {
      for (const [cell, count] of events) counted.set(cell, (counted.get(cell) ?? 0) + count);
    }
    const inserts = [...counted].filter(([cell]) => cell.endsWith(' insert'));
    expect(inserts).toHaveLength(tables);
    expect(new Set(inserts.map(([, count]) => count))).toEqual(new Set([4_800 / tables]));
    expect(total(counted)).toBe(4_800);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyTopic } from '../../src/clients/kafka.ts';
import { KafkaCluster } from '../../src/kafka-cluster.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import { produceRows, waitForFirstCount, waitForReconciled } from '../rows.ts';
import { arrival } from '../stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-broker-outages-'));
let kafka: KafkaCluster;
let consumer: OwnConsumer | undefined;

beforeAll(async () => {
  kafka = await KafkaCluster.start(folder);
});

afterAll(async () => {
  await consumer?.kill();
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the leader of a partition dies in the middle of a batch', async () => {
  const topic = uniqueName('leader');
  await createEmptyTopic(kafka.brokers, topic, 6);
  await produceRows(kafka.brokers, topic, 6, 1, 30_000);
  const leaders = await Promise.all([0, 1, 2, 3, 4, 5].map((partition) => kafka.leaderOf(topic, partition)));
  // Not the controller: there is only one.
  const victim = leaders.find((leader) => leader !== 1);
  if (victim === undefined) throw new Error('one node leads all partitions');
  const reading = await OwnConsumer.start({ kafka: kafka.brokers, topic, groupId: topic, folder: join(folder, topic) });
  consumer = reading;
  await waitForFirstCount(reading);
  await kafka.kill(victim);
  await waitForReconciled([reading], 30_000);
  const partition = leaders.indexOf(victim);
  await waitFor('another leader', async () => expect(await kafka.leaderOf(topic, partition)).not.toBe(victim), arrival);
  await produceRows(kafka.brokers, topic, 6, 30_001, 31_000);
  await waitForReconciled([reading], 31_000);
});

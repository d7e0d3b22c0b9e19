import { setTimeout as delay } from 'node:timers/promises';
import { type Admin, createAdmin, type KafkaConnection } from '@tidb-cdc/runtime/kafka';
import { messageWithCauses } from '@tidb-cdc/runtime/log';
import type { AssignedPartitions, BrokerOffsets } from './partitions.ts';

const interval = 10_000;

/**
 * Asks the broker every 10 s, and at each assignment, how long the assigned partitions are, so that the lag shows
 * before the first batch and grows also while nothing is consumed. Ends when `stopping` is aborted.
 */
export async function watchLag(
  connection: KafkaConnection,
  groupId: string,
  partitions: AssignedPartitions,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    // A connection for each round of questions that fails: after a broker's restart the old one may never answer again.
    const admin = createAdmin(connection);
    try {
      await admin.connect();
      while (!stopping.aborted) {
        partitions.refresh(await fetchOffsets(admin, groupId, partitions));
        await Promise.race([delay(interval, undefined, { signal: stopping }), partitions.nextAssignment()]);
      }
    } catch (error) {
      if (stopping.aborted) return;
      connection.log.warn({ reason: messageWithCauses(error) }, 'cannot ask the broker for the lag, trying again');
      await delay(interval, undefined, { signal: stopping }).catch(() => undefined);
    } finally {
      await admin.disconnect();
    }
  }
}

async function fetchOffsets(admin: Admin, groupId: string, partitions: AssignedPartitions): Promise<BrokerOffsets[]> {
  const topics = Object.keys(partitions.assignment());
  if (topics.length === 0) return [];
  const committed = await admin.fetchOffsets({ groupId, topics });
  const perTopic = await Promise.all(
    topics.map(async (topic) => {
      const ofGroup = committed.find((one) => one.topic === topic)?.partitions ?? [];
      return (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => {
        const offset = Number(ofGroup.find((one) => one.partition === partition)?.offset ?? -1);
        return { topic, partition, start: offset >= 0 ? offset : Number(low), end: Number(high) };
      });
    }),
  );
  return perTopic.flat();
}

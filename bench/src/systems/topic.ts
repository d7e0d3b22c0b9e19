import {
  CompressionTypes,
  createAdmin,
  createProducer,
  type KafkaConnection,
  type Producer,
} from '@tidb-cdc/runtime/kafka';
import { createLogger } from '@tidb-cdc/runtime/log';

/** A topic to fill. */
export interface FilledTopic {
  readonly name: string;
  readonly partitions: number;
  /** Number of messages in all partitions. */
  readonly messages: number;
  readonly message: (index: number) => Buffer;
  /** Messages per batch: what a producer sends to a partition at once. */
  readonly perBatch: number;
  readonly gzip?: boolean;
}

export function connectionTo(brokers: string): KafkaConnection {
  const log = createLogger({ level: 'silent', dataset: 'cdc.bench' });
  return { brokers: [brokers], clientId: 'cdc-bench', log };
}

/** Creates a topic and writes its messages, spread evenly over the partitions. */
export async function fillTopic(brokers: string, topic: FilledTopic): Promise<void> {
  const admin = createAdmin(connectionTo(brokers));
  await admin.connect();
  try {
    const configEntries = [{ name: 'max.message.bytes', value: String(16 * 1024 * 1024) }];
    await admin.createTopics({
      topics: [{ topic: topic.name, numPartitions: topic.partitions, configEntries }],
      waitForLeaders: true,
    });
  } finally {
    await admin.disconnect();
  }
  const producer = createProducer(connectionTo(brokers));
  await producer.connect();
  try {
    const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition);
    await Promise.all(partitions.map((partition) => fillPartition(producer, topic, partition)));
  } finally {
    await producer.disconnect();
  }
}

async function fillPartition(producer: Producer, topic: FilledTopic, partition: number): Promise<void> {
  const { name, partitions, messages, message, perBatch } = topic;
  for (let next = partition; next < messages; ) {
    const batch: { value: Buffer; partition: number }[] = [];
    for (; next < messages && batch.length < perBatch; next += partitions) {
      batch.push({ value: message(next), partition });
    }
    await producer.send({
      topic: name,
      messages: batch,
      acks: -1,
      ...(topic.gzip ? { compression: CompressionTypes.GZIP } : {}),
    });
  }
}

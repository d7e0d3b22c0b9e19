import { randomUUID } from 'node:crypto';
import {
  CompressionTypes,
  createAdmin,
  createConsumer,
  createProducer,
  type KafkaConnection,
  type KafkaMessage,
  type Message,
} from '@tidb-cdc/runtime/kafka';
import type { KafkaAccess } from '@tidb-cdc/runtime/kafka-access';
import { createLogger } from '@tidb-cdc/runtime/log';
import { waitFor } from '@tidb-cdc/runtime/wait';

/** A message and its partition. */
export interface Received {
  readonly partition: number;
  readonly message: KafkaMessage;
}

function connection(brokers: string, access: KafkaAccess = {}): KafkaConnection {
  const log = createLogger({ level: 'silent', dataset: 'cdc.e2e' });
  return { brokers: brokers.split(','), clientId: 'cdc-e2e', log, access };
}

/** Options for sending messages. */
export interface ProduceOptions {
  /** @default no login */
  readonly access?: KafkaAccess;
  /** Whether each call sends its messages as one gzip-compressed batch, as TiCDC does. @default false */
  readonly gzip?: boolean;
}

/** Writes messages to one partition of a topic, in order. */
export async function produce(
  brokers: string,
  topic: string,
  partition: number,
  messages: readonly Message[],
  { access, gzip = false }: ProduceOptions = {},
): Promise<void> {
  const producer = createProducer(connection(brokers, access));
  await producer.connect();
  try {
    await producer.send({
      topic,
      messages: messages.map((message) => ({ ...message, partition })),
      acks: -1,
      ...(gzip ? { compression: CompressionTypes.GZIP } : {}),
    });
  } finally {
    await producer.disconnect();
  }
}

/** @param config the topic's settings, by their names in Kafka */
export async function createEmptyTopic(
  brokers: string,
  topic: string,
  partitions: number,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await withAdmin(brokers, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: false });
    // kafkajs's own wait fails at a broker that does not know the topic yet.
    await waitFor(`the topic ${topic}`, () => admin.fetchTopicOffsets(topic), { timeoutMs: 30_000 });
  });
}

/** Increases a topic's number of partitions, and waits until each can be read. */
export async function addPartitions(brokers: string, topic: string, partitions: number): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
    await waitFor(
      `${partitions} partitions of ${topic}`,
      async () => {
        const { length } = await admin.fetchTopicOffsets(topic);
        if (length < partitions) throw new Error(`there are ${length}`);
      },
      { timeoutMs: 30_000 },
    );
  });
}

/** A right of a user, in the words of Strimzi's KafkaUser. */
export interface KafkaRight {
  readonly resource: { readonly type: 'topic' | 'group' | 'cluster'; readonly name?: string };
  readonly operations: readonly string[];
}

// Numbers of the Kafka protocol.
const resourceTypes = { topic: 2, group: 3, cluster: 4 } as const;
const operationNumbers: Readonly<Record<string, number>> = { Read: 3, Write: 4, Describe: 8, DescribeConfigs: 10 };
const literal = 3;
const permitted = 3;

/** Lets a user do this, and nothing else that nobody has let it do. */
export async function allow(brokers: string, user: string, rights: readonly KafkaRight[]): Promise<void> {
  const acl = rights.flatMap(({ resource, operations }) =>
    operations.map((name) => {
      const operation = operationNumbers[name];
      if (operation === undefined) throw new Error(`'${name}' is no operation that this knows`);
      return {
        resourceType: resourceTypes[resource.type],
        resourceName: resource.name ?? 'kafka-cluster',
        resourcePatternType: literal,
        principal: `User:${user}`,
        host: '*',
        operation,
        permissionType: permitted,
      };
    }),
  );
  await withAdmin(brokers, (admin) => admin.createAcls({ acl }));
}

/** Deletes a partition's messages before an offset, as retention does. */
export async function dropMessagesBefore(
  brokers: string,
  topic: string,
  partition: number,
  offset: number,
): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    // kafkajs has to load the topic's metadata first.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  });
}

export async function deleteTopic(brokers: string, topic: string): Promise<void> {
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
}

/** The ids of the cluster's brokers, according to one of them. */
export async function brokersOf(broker: string): Promise<readonly number[]> {
  const { brokers } = await withAdmin(broker, (admin) => admin.describeCluster());
  return brokers.map(({ nodeId }) => nodeId);
}

/** The id of a partition's leader. @throws Error when there is none */
export async function leaderOf(brokers: string, topic: string, partition: number): Promise<number> {
  const { topics } = await withAdmin(brokers, (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
  const found = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
  if (found === undefined || found.leader < 0) throw new Error(`${topic}/${partition} has no leader`);
  return found.leader;
}

/** A group's committed offset per partition, for partitions that have one. */
export async function committedOffsets(
  brokers: string,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const [answer] = await withAdmin(brokers, (admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
  const partitions = answer?.partitions ?? [];
  return new Map(
    partitions.map(({ partition, offset }) => [partition, Number(offset)] as const).filter(([, offset]) => offset >= 0),
  );
}

/** Sets the committed offsets of a group without members. */
export async function resetOffsets(
  brokers: string,
  groupId: string,
  topic: string,
  partitions: readonly { readonly partition: number; readonly offset: string }[],
): Promise<void> {
  await withAdmin(brokers, (admin) => admin.setOffsets({ groupId, topic, partitions: [...partitions] }));
}

/** Reads a topic from the beginning until `enough` messages match, and returns those. */
export async function readMessages(
  brokers: string,
  topic: string,
  matches: (message: KafkaMessage) => boolean,
  enough: number,
  timeoutMs: number,
): Promise<readonly Received[]> {
  const consumer = createConsumer(connection(brokers), `cdc-e2e-${randomUUID()}`);
  const received: Received[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        if (matches(message)) received.push({ partition, message });
      },
    });
    await waitFor(
      `messages of ${topic}`,
      () => {
        if (received.length < enough) throw new Error(`${received.length} of ${enough} are there`);
      },
      { timeoutMs },
    );
    return received;
  } finally {
    await consumer.disconnect();
  }
}

async function withAdmin<T>(brokers: string, use: (admin: ReturnType<typeof createAdmin>) => Promise<T>): Promise<T> {
  const admin = createAdmin(connection(brokers));
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

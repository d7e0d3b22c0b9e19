import type { Cluster, KafkaMessage } from 'kafkajs';
import { createCluster, type KafkaConnection } from './kafka.ts';

/** A message and its partition. */
export interface TailMessage {
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** The end of a topic. */
export interface Tail<T> {
  /** In offset order within each partition. */
  readonly messages: readonly T[];
  /** Number of messages in the topic, computed from its offsets. */
  readonly total: number;
}

interface FetchAnswer {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly KafkaMessage[] }[] }[];
}

/** Bytes per fetch; a larger message comes alone. */
const fetchBytes = 4 * 1024 * 1024;

/**
 * Reads the end of a topic without a consumer group, so no group or offset changes. kafkajs has no public API for that,
 * so this sends the requests through its internal cluster object.
 */
export class TopicTail {
  readonly #cluster: Cluster;
  readonly #topic: string;

  constructor(connection: KafkaConnection, topic: string) {
    this.#cluster = createCluster(connection);
    this.#topic = topic;
  }

  /**
   * Asks the brokers for the topic's partitions.
   * @throws kafkajs's error when no broker answers or the topic does not exist
   */
  async partitions(): Promise<readonly number[]> {
    await this.#cluster.connect();
    await this.#cluster.addTargetTopic(this.#topic);
    await this.#cluster.refreshMetadata();
    return this.#cluster.findTopicPartitionMetadata(this.#topic).map(({ partitionId }) => partitionId);
  }

  /**
   * Reads the last `count` messages of each partition. Only what `digest` returns for each message is kept.
   * @throws kafkajs's error as `partitions` does
   */
  async read<T>(count: number, digest: (message: TailMessage) => T): Promise<Tail<T>> {
    const partitions = await this.partitions();
    const [first, next] = await Promise.all([this.#offsets(partitions, true), this.#offsets(partitions, false)]);
    const messages: T[] = [];
    let total = 0;
    for (const partition of partitions) {
      const [from, to] = [first.get(partition) ?? 0, next.get(partition) ?? 0];
      total += to - from;
      for await (const message of this.#range(partition, Math.max(from, to - count), to)) {
        messages.push(digest({ partition, message }));
      }
    }
    return { messages, total };
  }

  /**
   * Reads one message; undefined when there is none at this offset.
   * @throws kafkajs's error as `partitions` does
   */
  async readOne(partition: number, offset: number): Promise<KafkaMessage | undefined> {
    const partitions = await this.partitions();
    const [first, next] = await Promise.all([this.#offsets(partitions, true), this.#offsets(partitions, false)]);
    const isThere = offset >= (first.get(partition) ?? 0) && offset < (next.get(partition) ?? 0);
    if (!isThere) return undefined;
    for await (const message of this.#range(partition, offset, offset + 1)) return message;
    return undefined;
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect();
  }

  async #offsets(partitions: readonly number[], fromBeginning: boolean): Promise<ReadonlyMap<number, number>> {
    const wanted = partitions.map((partition) => ({ partition }));
    const [answer] = await this.#cluster.fetchTopicsOffset([{ topic: this.#topic, partitions: wanted, fromBeginning }]);
    return new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)] as const));
  }

  /** Yields the messages with offsets from `from` up to but not including `to`. */
  async *#range(partition: number, from: number, to: number): AsyncGenerator<KafkaMessage> {
    for (let offset = from; offset < to; ) {
      const [leader = ''] = Object.keys(this.#cluster.findLeaderForPartitions(this.#topic, [partition]));
      const broker = await this.#cluster.findBroker({ nodeId: leader });
      const answer = (await broker.fetch({
        maxWaitTime: 1_000,
        minBytes: 1,
        maxBytes: fetchBytes,
        topics: [
          {
            topic: this.#topic,
            partitions: [{ partition, fetchOffset: String(offset), maxBytes: fetchBytes }],
          },
        ],
      })) as FetchAnswer;
      const fetched = answer.responses.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages));
      // Kafka sends whole batches, so messages before the requested offset may be among them.
      const wanted = fetched.filter((message) => Number(message.offset) >= offset && Number(message.offset) < to);
      const last = fetched.at(-1);
      // Retention has removed the messages since the offsets were read.
      if (last === undefined || Number(last.offset) < offset) return;
      yield* wanted;
      offset = Number(last.offset) + 1;
    }
  }
}

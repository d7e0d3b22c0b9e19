import type { Cluster, KafkaMessage } from 'kafkajs';
import { createCluster, type KafkaConnection } from './kafka.ts';

/** A message with the partition it lies in. */
export interface TailMessage {
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** The end of a topic. */
export interface Tail<T> {
  /** In the order of each partition. */
  readonly messages: readonly T[];
  /** Messages that the topic holds, as far as its offsets tell. */
  readonly total: number;
}

interface FetchAnswer {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly KafkaMessage[] }[] }[];
}

/** Bytes asked for at once; a message that alone is larger comes by itself. */
const fetchBytes = 4 * 1024 * 1024;

/**
 * Reads the end of a topic without a consumer group: nothing joins, commits or moves. kafkajs offers that to its own
 * consumer only, so this asks the brokers through its cluster.
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
   * @throws kafkajs's error where none answers, or there is no such topic
   */
  async partitions(): Promise<readonly number[]> {
    await this.#cluster.connect();
    await this.#cluster.addTargetTopic(this.#topic);
    await this.#cluster.refreshMetadata();
    return this.#cluster.findTopicPartitionMetadata(this.#topic).map(({ partitionId }) => partitionId);
  }

  /**
   * The last `count` messages of each partition, as `digest` makes of each; only that is kept.
   * @throws kafkajs's error as `partitions`
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
   * One message; undefined where there is none at this offset.
   * @throws kafkajs's error as `partitions`
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

  /** Messages from an offset up to another, this one excluded. */
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
      // A batch comes whole, also with messages before the offset that was asked for.
      const wanted = fetched.filter((message) => Number(message.offset) >= offset && Number(message.offset) < to);
      const last = fetched.at(-1);
      // Retention has removed what the offsets told of.
      if (last === undefined || Number(last.offset) < offset) return;
      yield* wanted;
      offset = Number(last.offset) + 1;
    }
  }
}

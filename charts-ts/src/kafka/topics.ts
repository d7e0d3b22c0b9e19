import { defined } from '@tidb-cdc/runtime/defined';
import { deadLetterTopic, defaultRetention, eventsTopic } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import type { OwnKafka } from '../profile/kafka.ts';

/** One topic as the job `create-topic` reads it from its TOPICS_FILE. */
export interface Topic {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic settings by Kafka's names, with values as text. */
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicsOptions {
  /** Partitions of the events' topic: at most this many consumers work at once. @default 3 */
  readonly partitions?: number;
  /** Replicas of each partition. @default 1 */
  readonly replicationFactor?: number;
  /** Replicas that must have a message before it counts as written. @default 1 */
  readonly minInsyncReplicas?: number;
  /**
   * Largest message of the events' topic, in bytes. Broker, topic and producers need the same limit.
   * @default 1048576; TiCDC sends larger rows with their keys only
   */
  readonly maxMessageBytes?: number;
  /** How long the events' topic keeps messages, in days, such as `7d`. @default as on targets without a profile */
  readonly retention?: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/** How long dead letters are kept, in days. */
const deadLetterDays = 30;

/** Default of the largest message of the events' topic, in bytes. */
export const defaultMaxMessageBytes = 1024 * 1024;

/** Bytes that headers and framing add to a message of the largest size when it goes to the dead-letter topic. */
export const deadLetterHeadroom = 64 * 1024;

/**
 * Topics of the pipeline: the events, then the dead letters (messages that could not be decoded).
 * @throws Error if more replicas must be in sync than there are
 */
export function topics(options: TopicsOptions = {}): readonly [events: Topic, deadLetters: Topic] {
  const { partitions = 3, replicationFactor = 1, minInsyncReplicas = 1 } = options;
  const { maxMessageBytes = defaultMaxMessageBytes, retention = defaultRetention } = options;
  if (minInsyncReplicas > replicationFactor) {
    throw new Error(
      `'minInsyncReplicas' (${minInsyncReplicas}) must not be greater than 'replicationFactor' (${replicationFactor})`,
    );
  }
  const shared = { 'cleanup.policy': 'delete', 'min.insync.replicas': String(minInsyncReplicas) };
  return [
    {
      topic: eventsTopic,
      partitions,
      replicationFactor,
      config: {
        ...shared,
        'max.message.bytes': String(maxMessageBytes),
        'retention.ms': String(Number.parseInt(retention, 10) * dayMs),
      },
    },
    {
      topic: deadLetterTopic,
      partitions: 1,
      replicationFactor,
      config: {
        ...shared,
        'max.message.bytes': String(maxMessageBytes + deadLetterHeadroom),
        'retention.ms': String(deadLetterDays * dayMs),
      },
    },
  ];
}

/** The topics of a profile whose Kafka is ours. */
export function ownTopics(
  { partitions, replicationFactor, minInsyncReplicas }: OwnKafka,
  retention: string | undefined,
): readonly [events: Topic, deadLetters: Topic] {
  return topics({ partitions, replicationFactor, minInsyncReplicas, ...defined({ retention }) });
}

/** The events' topic of a profile, as the changefeed needs to know it. */
export function profileEventsTopic({ kafka, retention }: Profile): Topic {
  if (!('external' in kafka)) return ownTopics(kafka, retention.messages)[0];
  const { topic, partitions, replicationFactor } = kafka.external;
  // If the topic's own limit is lower, TiCDC uses that.
  return { topic, partitions, replicationFactor, config: { 'max.message.bytes': String(defaultMaxMessageBytes) } };
}

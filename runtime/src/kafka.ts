// biome-ignore lint/performance/noNamespaceImport: Node.js does not detect every named export of this CommonJS module
import * as kafkajs from 'kafkajs';
import {
  type Admin,
  type Cluster,
  type Consumer,
  Kafka,
  type KafkaMessage,
  type logCreator,
  logLevel,
  PartitionAssigners,
  Partitioners,
  type Producer,
  type SASLOptions,
} from 'kafkajs';
import { adjustRequests, type RequestHooks, unpackBatch } from './consumer-requests.ts';
import { defined } from './defined.ts';
import type { KafkaAccess } from './kafka-access.ts';
import { type CodecName, codecNumbers } from './kafka-codecs/codecs.ts';
import type { Logger } from './log.ts';

export type {
  Admin,
  Batch,
  Consumer,
  EachBatchPayload,
  IHeaders,
  ITopicConfig,
  KafkaMessage,
  Message,
  OffsetsByTopicPartition,
  Producer,
} from 'kafkajs';
export { CompressionTypes } from 'kafkajs';

/** How to connect to Kafka. The client id appears in the brokers' logs and quotas. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: Logger;
  /** @default no login, no encryption */
  readonly access?: KafkaAccess;
}

/**
 * How often a request is retried before the caller sees the error. Every value is set because kafkajs has other
 * defaults when NODE_ENV is `test`. With five retries an unreachable broker is reported after about eight seconds.
 * The longest pause also delays shutdown.
 */
const retry = { initialRetryTime: 300, maxRetryTime: 3_000, factor: 0.2, multiplier: 2, retries: 5 };

/** ms until a request without an answer fails. For a join, kafkajs adds the rebalance timeout. */
const requestTimeout = 10_000;

/** ms after which new partitions of a topic are seen at the latest. */
const metadataMaxAge = 30_000;

/** @param retries 0 for a caller that retries itself and wants to know at once that no broker answers */
export function createAdmin(connection: KafkaConnection, retries = retry.retries): Admin {
  return createClient(connection, { retries, requestTimeout }).admin({ retry: { ...retry, retries } });
}

/** Creates a producer that never creates a topic. It assigns keys to partitions as the Java client does. */
export function createProducer(connection: KafkaConnection): Producer {
  return createClient(connection).producer({
    // Few, because callers retry themselves and have to act between two tries, for example send heartbeats.
    retry: { ...retry, retries: 2 },
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    metadataMaxAge,
  });
}

/** Creates a consumer that never creates a topic. It reads batches compressed with any of Kafka's codecs. */
export function createConsumer(connection: KafkaConnection, groupId: string, hooks: RequestHooks = {}): Consumer {
  return createClient(connection, { requestTimeout }).consumer({
    groupId,
    retry,
    allowAutoTopicCreation: false,
    metadataMaxAge,
    // After a kill -9 the group waits this long for the dead member before it reassigns its partitions.
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    // adjustRequests decides when to send a heartbeat and how much to fetch.
    heartbeatInterval: Number.NEGATIVE_INFINITY,
    // A fetch without data delays shutdown by at most this long.
    maxWaitTimeInMs: 1_000,
    // The only place where kafkajs exposes the cluster object that sends its requests.
    partitionAssigners: [
      (config) => {
        adjustRequests(config.cluster, hooks);
        return PartitionAssigners.roundRobin(config);
      },
    ],
  });
}

/**
 * Creates kafkajs's internal cluster object, for requests that none of its clients makes. A failed request is not
 * retried: callers poll and ask again anyway.
 */
export function createCluster(connection: KafkaConnection): Cluster {
  const client = createClient(connection, { retries: 0, requestTimeout });
  // The method's only name is a symbol.
  const name = Object.getOwnPropertySymbols(client).find(({ description }) => description === createClusterName);
  const create = name && (client as unknown as Record<symbol, (options: object) => Cluster>)[name];
  if (create === undefined) throw new Error(`kafkajs no longer has '${createClusterName}'`);
  return create({ metadataMaxAge, allowAutoTopicCreation: false });
}

const createClusterName = 'private:Kafka:createCluster';

/** kafkajs supports only gzip, and stops for good at a batch compressed with another codec. */
function registerCodecs(): void {
  const { CompressionCodecs } = (kafkajs as unknown as { default: typeof kafkajs }).default;
  for (const [name, number] of Object.entries(codecNumbers)) {
    // We produce gzip or uncompressed batches only.
    const compress = name === 'gzip' ? CompressionCodecs[number]().compress : undefined;
    CompressionCodecs[number] = () => ({
      ...(compress === undefined ? {} : { compress }),
      decompress: (packed: Buffer) => unpackBatch(name as CodecName, packed),
    });
  }
}

registerCodecs();

/** Returns Kafka's name for an error (`MESSAGE_TOO_LARGE`) from it or its causes; undefined when no broker refused. */
export function protocolErrorType(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('type' in current && typeof current.type === 'string') return current.type;
  }
  return undefined;
}

/** Whether the group has moved on without this member: its partitions are no longer its own, and it must join again. */
export function hasLostPartitions(error: unknown): boolean {
  const type = protocolErrorType(error);
  return type === 'ILLEGAL_GENERATION' || type === 'UNKNOWN_MEMBER_ID' || type === 'FENCED_INSTANCE_ID';
}

/** Whether this member must join its group again: it has lost its partitions, or the group rebalances. */
export function isRebalance(error: unknown): boolean {
  return protocolErrorType(error) === 'REBALANCE_IN_PROGRESS' || hasLostPartitions(error);
}

/** Whether an error comes from Kafka or the connection to it. Any other error is our own fault. */
export function isKafkaError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('KafkaJS');
}

/** Bytes of a message's key and value. */
export function messageBytes(message: Pick<KafkaMessage, 'key' | 'value'>): number {
  return (message.key?.length ?? 0) + (message.value?.length ?? 0);
}

interface ClientOptions {
  readonly retries?: number;
  /** @default 30,000, because a broker may take that long to write to all replicas */
  readonly requestTimeout?: number;
}

function createClient(connection: KafkaConnection, options: ClientOptions = {}): Kafka {
  const { brokers, clientId, log, access = {} } = connection;
  const { retries = retry.retries, requestTimeout: timeout = 30_000 } = options;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...defined({
      ssl: access.tls && (access.tls.ca === undefined ? true : { ca: [access.tls.ca] }),
      sasl: access.login as SASLOptions | undefined,
    }),
    retry: { ...retry, retries },
    connectionTimeout: 3_000,
    requestTimeout: timeout,
    // At debug level kafkajs describes every request. That is costly, so only when these lines are wanted.
    logLevel: log.isLevelEnabled('debug') ? logLevel.DEBUG : logLevel.INFO,
    logCreator: toPino(log),
  });
}

/** Components whose errors kafkajs retries. If it gives up, it logs the error again elsewhere. */
const triedAgain: ReadonlySet<string> = new Set(['Connection', 'BrokerPool']);

/** Writes kafkajs's log entries to our log, with their own fields under `kafka`. */
function toPino(log: Logger): logCreator {
  return () => (entry) => {
    const { message, timestamp: _timestamp, logger: _logger, ...fields } = entry.log;
    const line = { kafka: { component: entry.namespace, ...fields } };
    if (entry.level === logLevel.DEBUG || triedAgain.has(entry.namespace)) log.debug(line, message);
    else if (entry.level === logLevel.INFO) log.info(line, message);
    else if (entry.level === logLevel.WARN) log.warn(line, message);
    else log.error(line, message);
  };
}

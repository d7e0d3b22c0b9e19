// biome-ignore lint/performance/noNamespaceImport: the one way to a name that Node.js does not see in a CommonJS module
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

/** Whom to ask, and under which name: the client id is what the broker's own logs and quotas show. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: Logger;
  /** @default for brokers that let everybody in */
  readonly access?: KafkaAccess;
}

/**
 * How often a request is tried again before the caller sees the error. Stated in full because kafkajs has other
 * defaults when NODE_ENV is `test`. With five retries an unreachable broker is reported after some eight seconds; the
 * longest pause also holds up the end of the process.
 */
const retry = { initialRetryTime: 300, maxRetryTime: 3_000, factor: 0.2, multiplier: 2, retries: 5 };

/** ms until a request without an answer fails; kafkajs gives a join the time of the rebalance on top. */
const requestTimeout = 10_000;

/** New partitions of a topic are seen after at most this long. */
const metadataMaxAge = 30_000;

/** @param retries 0 for a caller that has tries of its own and wants to know at once that no broker answers */
export function createAdmin(connection: KafkaConnection, retries = retry.retries): Admin {
  return createClient(connection, { retries, requestTimeout }).admin({ retry: { ...retry, retries } });
}

/** A producer that never creates a topic by writing to it. Equal keys go to the same partition as from a Java client. */
export function createProducer(connection: KafkaConnection): Producer {
  return createClient(connection).producer({
    // Few, since who sends has steps of its own between two tries, as heartbeats.
    retry: { ...retry, retries: 2 },
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    metadataMaxAge,
  });
}

/** A consumer of a group; it never creates a topic by reading from it. It reads batches under all of Kafka's codecs. */
export function createConsumer(connection: KafkaConnection, groupId: string, hooks: RequestHooks = {}): Consumer {
  return createClient(connection, { requestTimeout }).consumer({
    groupId,
    retry,
    allowAutoTopicCreation: false,
    metadataMaxAge,
    // After a kill -9 the group waits so long for the dead member before it gives its partitions to another.
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    // How often one is sent, and how much is fetched: see adjustRequests.
    heartbeatInterval: Number.NEGATIVE_INFINITY,
    // A fetch without data holds up the end of the process for so long at most.
    maxWaitTimeInMs: 1_000,
    // The only place where kafkajs lets others see what it asks the brokers through.
    partitionAssigners: [
      (config) => {
        adjustRequests(config.cluster, hooks);
        return PartitionAssigners.roundRobin(config);
      },
    ],
  });
}

/**
 * What kafkajs's own clients ask the brokers through, for requests that none of them makes. A request that fails is not
 * sent again: who polls asks again by itself.
 */
export function createCluster(connection: KafkaConnection): Cluster {
  const client = createClient(connection, { retries: 0, requestTimeout });
  // It has no other name.
  const name = Object.getOwnPropertySymbols(client).find(({ description }) => description === createClusterName);
  const create = name && (client as unknown as Record<symbol, (options: object) => Cluster>)[name];
  if (create === undefined) throw new Error(`kafkajs has no '${createClusterName}' any more`);
  return create({ metadataMaxAge, allowAutoTopicCreation: false });
}

const createClusterName = 'private:Kafka:createCluster';

/** kafkajs has gzip alone, and stops for good at a batch under another codec. */
function registerCodecs(): void {
  const { CompressionCodecs } = (kafkajs as unknown as { default: typeof kafkajs }).default;
  for (const [name, number] of Object.entries(codecNumbers)) {
    // What we produce is packed by gzip, if at all.
    const compress = name === 'gzip' ? CompressionCodecs[number]().compress : undefined;
    CompressionCodecs[number] = () => ({
      ...(compress === undefined ? {} : { compress }),
      decompress: (packed: Buffer) => unpackBatch(name as CodecName, packed),
    });
  }
}

registerCodecs();

/** The broker's name for an error (`MESSAGE_TOO_LARGE`), found in it or in its causes; undefined where no broker refused. */
export function protocolErrorType(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('type' in current && typeof current.type === 'string') return current.type;
  }
  return undefined;
}

/** Whether the group has moved on without this member: what it holds is no longer its own, it has to join again. */
export function hasLostPartitions(error: unknown): boolean {
  const type = protocolErrorType(error);
  return type === 'ILLEGAL_GENERATION' || type === 'UNKNOWN_MEMBER_ID' || type === 'FENCED_INSTANCE_ID';
}

/** Whether this member has to join its group again: it has lost its partitions, or the group is about to share them again. */
export function isRebalance(error: unknown): boolean {
  return protocolErrorType(error) === 'REBALANCE_IN_PROGRESS' || hasLostPartitions(error);
}

/** Whether an error comes from Kafka or the way to it; all others are faults of ours. */
export function isKafkaError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('KafkaJS');
}

/** Bytes of a message's key and value. */
export function messageBytes(message: Pick<KafkaMessage, 'key' | 'value'>): number {
  return (message.key?.length ?? 0) + (message.value?.length ?? 0);
}

interface ClientOptions {
  readonly retries?: number;
  /** @default 30,000, since a broker may take so long to write to all replicas */
  readonly requestTimeout?: number;
}

function createClient(connection: KafkaConnection, options: ClientOptions = {}): Kafka {
  const { brokers, clientId, log, access = {} } = connection;
  const { retries = retry.retries, requestTimeout: timeout = 30_000 } = options;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...defined({
      ssl: access.ca === undefined ? undefined : { ca: [access.ca] },
      sasl: access.login as SASLOptions | undefined,
    }),
    retry: { ...retry, retries },
    connectionTimeout: 3_000,
    requestTimeout: timeout,
    // At debug kafkajs describes every request: costly, so only where the lines are wanted.
    logLevel: log.isLevelEnabled('debug') ? logLevel.DEBUG : logLevel.INFO,
    logCreator: toPino(log),
  });
}

/** What kafkajs logs at error from here is not one yet: it is tried again, and said again when it is given up. */
const triedAgain: ReadonlySet<string> = new Set(['Connection', 'BrokerPool']);

/** kafkajs's log entries as ours: its own fields go under `kafka`. */
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

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Broker, Cluster } from 'kafkajs';
import { type CodecName, unpackers } from './kafka-codecs/codecs.ts';

export interface RequestHooks {
  /** Called before each request for messages, which waits for it: after a join, before the first message is asked for. */
  readonly beforeFetch?: (() => Promise<void>) | undefined;
}

type FetchRequest = Parameters<Broker['fetch']>[0];
type GroupBroker = Broker & { heartbeat: (request: unknown) => Promise<unknown> };

/** Bytes of records that the answer to one fetch is unpacked to. One batch that alone is larger comes by itself. */
const unpackedBytes = 8 * 1024 * 1024;
/** Bounds of what is asked for in one fetch, in bytes as sent. */
const fetchBytes = { least: 64 * 1024, most: unpackedBytes, ofPartition: 1024 * 1024 } as const;
/** ms between two heartbeats: a third of the session timeout (kafka.ts) at most. */
const heartbeatInterval = 3_000;

/** Bytes of the batches in one answer, as sent and unpacked. */
interface Answer {
  packed: number;
  unpacked: number;
}

const answers = new AsyncLocalStorage<Answer>();

/**
 * Adjusts what a consumer of kafkajs asks the brokers, which no option of it can:
 * - Each fetch names another partition first, since Kafka exceeds its limit, where a batch is larger, for the first one
 *   only: in a fixed order the others would starve.
 * - A fetch asks for as much as recently unpacked to `unpackedBytes`; what unpacks to more is left for the next one.
 * - Heartbeats follow a clock that nobody sets back. To kafkajs it is always time for one (`heartbeatInterval` in kafka.ts).
 */
export function adjustRequests(cluster: Cluster, hooks: RequestHooks): void {
  const adjusted = new WeakSet<Broker>();
  const findBroker = cluster.findBroker.bind(cluster);
  const fetchSize = new FetchSize();
  let turn = 0;
  cluster.findBroker = async (node) => {
    const broker = await findBroker(node);
    if (adjusted.has(broker)) return broker;
    adjusted.add(broker);
    const fetch = broker.fetch.bind(broker);
    broker.fetch = async (request) => {
      await hooks.beforeFetch?.();
      turn += 1;
      return fetchSize.measure((maxBytes) => fetch(inTurn(request, turn, maxBytes)));
    };
    return broker;
  };

  const coordinators = new WeakSet<Broker>();
  const findGroupCoordinator = cluster.findGroupCoordinator.bind(cluster);
  let lastHeartbeat = Number.NEGATIVE_INFINITY;
  cluster.findGroupCoordinator = async (group) => {
    const coordinator = (await findGroupCoordinator(group)) as GroupBroker;
    if (coordinators.has(coordinator)) return coordinator;
    coordinators.add(coordinator);
    const heartbeat = coordinator.heartbeat.bind(coordinator);
    coordinator.heartbeat = async (request) => {
      if (performance.now() - lastHeartbeat < heartbeatInterval) return undefined;
      const answer = await heartbeat(request);
      lastHeartbeat = performance.now();
      return answer;
    };
    return coordinator;
  };
}

/** The request with its topics, and the partitions of each, in an order that begins one further at each turn. */
function inTurn(request: FetchRequest, turn: number, maxBytes: number): FetchRequest {
  const ofPartition = Math.min(maxBytes, fetchBytes.ofPartition);
  const topics = turned(request.topics, turn).map(({ topic, partitions }) => ({
    topic,
    partitions: turned(partitions, turn).map((partition) => ({ ...partition, maxBytes: ofPartition })),
  }));
  return { ...request, maxBytes, topics };
}

function turned<T>(list: readonly T[], turn: number): T[] {
  const first = turn % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

/** How many bytes to ask for, so that they unpack to `unpackedBytes`: after what the latest answers unpacked to. */
class FetchSize {
  /** Unpacked bytes per byte as sent. */
  #ratio = 1;

  async measure<T>(fetch: (maxBytes: number) => Promise<T>): Promise<T> {
    const answer: Answer = { packed: 0, unpacked: 0 };
    const maxBytes = Math.floor(unpackedBytes / this.#ratio);
    const response = await answers.run(answer, () => fetch(clamp(maxBytes, fetchBytes.least, fetchBytes.most)));
    this.#ratio = answer.packed === 0 ? Math.max(1, this.#ratio / 2) : Math.max(1, answer.unpacked / answer.packed);
    return response;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** kafkajs takes a batch that fails so for one that was cut at its end, and asks for it again. */
class PartialMessageError extends Error {
  override readonly name = 'KafkaJSPartialMessageError';
}

/**
 * Unpacks the records of a batch.
 * @throws PartialMessageError where the batches of the answer before it unpacked to `unpackedBytes`
 */
export async function unpackBatch(codec: CodecName, packed: Buffer): Promise<Buffer> {
  const answer = answers.getStore();
  if (answer !== undefined && answer.unpacked >= unpackedBytes) {
    throw new PartialMessageError('what was fetched unpacks to more than is held in memory at once');
  }
  const unpacked = await unpackers[codec](packed);
  if (answer !== undefined) {
    answer.packed += packed.length;
    answer.unpacked += unpacked.length;
  }
  return unpacked;
}

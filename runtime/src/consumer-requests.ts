import { AsyncLocalStorage } from 'node:async_hooks';
import type { Broker, Cluster } from 'kafkajs';
import { type CodecName, unpackers } from './kafka-codecs/codecs.ts';

export interface RequestHooks {
  /** Awaited before each fetch, and so after a join and before the first message is requested. */
  readonly beforeFetch?: (() => Promise<void>) | undefined;
}

type FetchRequest = Parameters<Broker['fetch']>[0];
type GroupBroker = Broker & { heartbeat: (request: unknown) => Promise<unknown> };

/** Once the batches of one answer have unpacked to this many bytes, the rest is left for the next fetch. */
const unpackedBytes = 8 * 1024 * 1024;
/** Limits of one fetch request, in bytes as sent. */
const fetchBytes = { least: 64 * 1024, most: unpackedBytes, ofPartition: 1024 * 1024 } as const;
/** ms between two heartbeats: at most a third of the session timeout (kafka.ts). */
const heartbeatInterval = 3_000;

/** Bytes of the batches in one answer, as sent and unpacked. */
interface Answer {
  packed: number;
  unpacked: number;
}

const answers = new AsyncLocalStorage<Answer>();

/**
 * Changes the requests of a kafkajs consumer in ways that no kafkajs option offers:
 * - Each fetch starts with a different partition. Kafka returns a batch over the limit only for the first partition
 *   of a request, so with a fixed order the others would starve.
 * - The size of a fetch follows the compression ratio of recent answers, so that it unpacks to about `unpackedBytes`.
 * - Heartbeats follow a monotonic clock. kafkajs itself considers one always due (`heartbeatInterval` in kafka.ts).
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

/** Returns the request with its topics, and the partitions of each, rotated by one more place per turn. */
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

/** Chooses how many bytes to request so that they unpack to about `unpackedBytes`, judging by the latest answers. */
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

/** When a batch fails with this name, kafkajs assumes that the answer cut it short, and fetches it again. */
class PartialMessageError extends Error {
  override readonly name = 'KafkaJSPartialMessageError';
}

/**
 * Unpacks the records of a batch.
 * @throws PartialMessageError when the earlier batches of the same answer have unpacked to `unpackedBytes`
 */
export async function unpackBatch(codec: CodecName, packed: Buffer): Promise<Buffer> {
  const answer = answers.getStore();
  if (answer !== undefined && answer.unpacked >= unpackedBytes) {
    throw new PartialMessageError('the fetched batches unpack to more bytes than are held in memory at once');
  }
  const unpacked = await unpackers[codec](packed);
  if (answer !== undefined) {
    answer.packed += packed.length;
    answer.unpacked += unpacked.length;
  }
  return unpacked;
}

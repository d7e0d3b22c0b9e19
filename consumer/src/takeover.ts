import { createAdmin, type KafkaConnection, type OffsetsByTopicPartition } from '@tidb-cdc/runtime/kafka';
import type { CountedPosition, Counts, Increment } from './counts.ts';
import { fetchGroupOffsets, type GroupOffsets } from './group-offsets.ts';
import type { Health } from './health.ts';
import type { Assignment } from './partitions.ts';

/** member (see Counts) → offset up to which it has committed a partition */
type CommittedBy = Readonly<Record<string, number>>;

export interface TakeoverOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly counts: Counts;
  readonly health: Pick<Health, 'sign'>;
}

interface SettledChange extends CountedPosition {
  readonly increment: Increment;
}

/** Maximum number of members in an offset's metadata: far below the 4,096 bytes that a broker accepts by default. */
const mostMembers = 64;

/**
 * Keeps the counts right when partitions change hands.
 *
 * Rows are counted before their offset is committed. If a member dies in between, the partition's next reader counts
 * them again without knowing it, and the dead member does not know whether its commit arrived. So the metadata of each
 * commit says how far every member has committed the partition. At its next join a member compares that with what it
 * counted last. If its commit is missing, those rows are duplicates, and its position goes back to where they begin. So
 * counter − duplicates = rows over all members, whoever dies when.
 *
 * A topic does not keep messages for ever. If its oldest message comes after the position that was read last, the
 * messages in between are lost, and counted as lost.
 */
export class Takeover {
  readonly #options: TakeoverOptions;
  /** Key of a partition → metadata of its last commit. */
  #committedBy = new Map<string, CommittedBy | undefined>();
  /** Key of a partition → offset of the next message to read. */
  #next = new Map<string, number>();
  #assignment: Assignment = {};
  #settled: Promise<void> = Promise.resolve();

  constructor(options: TakeoverOptions) {
    this.#options = options;
  }

  /** Called when the group has assigned partitions. Begins to settle what was counted before: see `settled`. */
  joined(assignment: Assignment): void {
    this.#assignment = assignment;
    const settling = this.#settled.catch(() => undefined).then(() => this.#settle());
    settling.catch(() => undefined);
    this.#settled = settling;
  }

  /** Waits until earlier counts are settled, and retries once. @throws the broker's error, or that of the counts */
  async settled(): Promise<void> {
    const settling = this.#settled;
    await settling.catch(async () => {
      if (this.#settled === settling) this.#settled = this.#settle();
      await this.#settled;
    });
  }

  /**
   * Returns the messages lost before the one that is read now, as an increment of their counter; undefined when there
   * are none. Offsets may skip numbers without a loss, so this asks for the topic's oldest message.
   */
  async lostBefore(topic: string, partition: number, first: number): Promise<Increment | undefined> {
    const next = this.#next.get(keyOf(topic, partition));
    if (next === undefined || first <= next) return undefined;
    const offsets = await this.#ask([topic]);
    const low = offsets.find((one) => one.partition === partition)?.low ?? next;
    return this.#lost(topic, partition, next, Math.min(low, first));
  }

  readUpTo(topic: string, partition: number, next: number): void {
    this.#next.set(keyOf(topic, partition), next);
  }

  /** Returns the offsets to commit, each with how far every member has committed. */
  committing({ topics }: OffsetsByTopicPartition): OffsetsByTopicPartition {
    return {
      topics: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, offset }) => ({
          partition,
          offset,
          metadata: JSON.stringify({ counted: this.#committedByAll(topic, partition, Number(offset)) }),
        })),
      })),
    };
  }

  #committedByAll(topic: string, partition: number, offset: number): CommittedBy {
    const known = { ...this.#committedBy.get(keyOf(topic, partition)), [this.#options.counts.member]: offset };
    const newestFirst = Object.entries(known).sort(([, a], [, b]) => b - a);
    return Object.fromEntries(newestFirst.slice(0, mostMembers));
  }

  async #settle(): Promise<void> {
    const assignment = this.#assignment;
    const offsets = await this.#ask(this.#options.topics);
    this.#committedBy = new Map(
      offsets.map((one) => [keyOf(one.topic, one.partition), parseCommittedBy(one.metadata)]),
    );
    this.#next = new Map();
    const changes: SettledChange[] = offsets.flatMap((one) => this.#settleLast(one));
    if (changes.length > 0) await this.#record(changes);
    const losses = offsets
      .filter(({ topic, partition }) => assignment[topic]?.includes(partition))
      .flatMap((one) => this.#lostBeforeJoin(one));
    if (losses.length > 0) await this.#record(losses);
  }

  #record(changes: readonly SettledChange[]): Promise<void> {
    const increments = changes.flatMap(({ increment }) => increment);
    return this.#options.counts.record({ arrivedAt: Date.now(), increments, positions: changes });
  }

  /** Decides whether the rows counted last in a partition are committed, or are duplicates of rows read again. */
  #settleLast({ topic, partition, committed, isReset }: GroupOffsets): SettledChange[] {
    const position = this.#options.counts.position(topic, partition);
    if (position?.last === undefined) return [];
    const committedBy = this.#committedBy.get(keyOf(topic, partition));
    // An offset without our metadata was set by another program, after our commit.
    const isCommitted =
      committedBy === undefined
        ? committed !== undefined || isReset
        : (committedBy[this.#options.counts.member] ?? 0) >= position.next;
    const { from, rows } = position.last;
    const next = isCommitted ? position.next : from;
    const duplicates = isCommitted ? 0 : rows;
    return [
      {
        topic,
        partition,
        position: { next, newest: position.newest },
        increment: { counter: 'cdc_duplicate_events_total', labels: {}, by: duplicates },
      },
    ];
  }

  #lostBeforeJoin(offsets: GroupOffsets): SettledChange[] {
    const { topic, partition, low } = offsets;
    const position = this.#options.counts.position(topic, partition);
    const next = nextToRead(offsets, position?.next);
    this.#next.set(keyOf(topic, partition), Math.max(low, next ?? low));
    const increment = next === undefined ? undefined : this.#lost(topic, partition, next, low);
    if (increment === undefined) return [];
    return [{ topic, partition, position: { next: low, newest: position?.newest ?? 0 }, increment }];
  }

  #lost(topic: string, partition: number, next: number, oldest: number): Increment | undefined {
    if (oldest <= next) return undefined;
    this.#options.connection.log.error(
      { topic, partition, messages: oldest - next, firstLost: next, lastLost: oldest - 1 },
      'messages are lost: the topic did not keep them until they were read',
    );
    const labels = { topic, partition: String(partition) };
    return { counter: 'cdc_messages_lost_total', labels, by: oldest - next };
  }

  async #ask(topics: readonly string[]): Promise<readonly GroupOffsets[]> {
    const { connection, groupId, health } = this.#options;
    // Few tries, because the next fetch calls this again. The first try finds no broker yet.
    const admin = createAdmin(connection, 2);
    try {
      health.sign('attempt to reach Kafka');
      await admin.connect();
      health.sign('question about offsets');
      return await fetchGroupOffsets(admin, groupId, topics);
    } finally {
      await admin.disconnect();
    }
  }
}

/** Returns the offset where reading continues; undefined when nothing is known from before. */
function nextToRead({ committed, isReset }: GroupOffsets, counted: number | undefined): number | undefined {
  if (isReset) return undefined;
  if (committed === undefined) return counted;
  return Math.max(committed, counted ?? 0);
}

/** Returns undefined for an offset that another program has committed, with no metadata or its own. */
function parseCommittedBy(metadata: string): CommittedBy | undefined {
  try {
    const { counted } = JSON.parse(metadata) as { counted?: Record<string, unknown> };
    if (counted === undefined) return undefined;
    const entries = Object.entries(counted);
    return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return undefined;
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

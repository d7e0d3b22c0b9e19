import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import type { Position } from './counter-state.ts';
import type { CountedChange, Increment } from './counts.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { BatchSource, DecodedBatch } from './decode-batch.ts';

/** Size and age at which a round ends even though there is more to read. */
const longest = { bytes: 8 * 1024 * 1024, ms: 250 } as const;

/** How far a round takes a partition. */
export interface RoundPartition {
  readonly topic: string;
  readonly partition: number;
  readonly position: Position;
  /** Offset after the last message of the round. */
  readonly next: number;
  /** Offset that the next message written to the partition will have. */
  readonly end: number;
  /** The last watermark seen, ms since the epoch. */
  readonly watermark?: number | undefined;
}

export interface RoundPortion extends BatchSource {
  readonly highWatermark: string;
  readonly decoded: DecodedBatch;
  /** How far the partition was counted before; `last` is what is counted but not committed yet. */
  readonly known: Position | undefined;
}

/** What is written to the event log but not counted and committed yet, for all partitions. */
export class Round {
  readonly deadLetters: DeadLetter[] = [];
  readonly #arrivedAt = Date.now();
  readonly #startedAt = performance.now();
  readonly #increments: Increment[] = [];
  readonly #partitions = new Map<string, RoundPartition>();
  #bytes = 0;

  add(portion: RoundPortion): void {
    const { topic, partition, decoded, highWatermark, messages } = portion;
    const before = this.#partitions.get(keyOf(topic, partition));
    this.#partitions.set(keyOf(topic, partition), {
      topic,
      partition,
      position: positionAfter(portion),
      next: Number(messages.at(-1)?.offset) + 1,
      end: Number(highWatermark),
      watermark: decoded.watermark ?? before?.watermark,
    });
    this.#increments.push(...decoded.increments);
    this.deadLetters.push(...decoded.deadLetters);
    this.#bytes += messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  }

  addIncrement(increment: Increment): void {
    this.#increments.push(increment);
  }

  /** How far a partition will be counted with this round; undefined when the round has nothing of it. */
  position(topic: string, partition: number): Position | undefined {
    return this.#partitions.get(keyOf(topic, partition))?.position;
  }

  partitions(): readonly RoundPartition[] {
    return [...this.#partitions.values()];
  }

  counted(): CountedChange {
    return { arrivedAt: this.#arrivedAt, increments: this.#increments, positions: this.partitions() };
  }

  /** Whether it has everything that its partitions had, or is long. */
  isDue(): boolean {
    const hasMore = this.partitions().some(({ next, end }) => next < end);
    return !hasMore || this.isLong();
  }

  isLong(): boolean {
    return this.#bytes >= longest.bytes || performance.now() - this.#startedAt >= longest.ms;
  }

  /** ms since its first batch arrived. */
  age(): number {
    return performance.now() - this.#startedAt;
  }
}

function positionAfter({ messages, decoded, known }: RoundPortion): Position {
  const first = Number(messages[0]?.offset);
  return {
    next: latest(messages, ({ offset }) => Number(offset) + 1, known?.next ?? 0),
    newest: latest(messages, ({ timestamp }) => Number(timestamp), known?.newest ?? 0),
    last: {
      from: known?.last?.from ?? Math.max(first, known?.next ?? 0),
      rows: (known?.last?.rows ?? 0) + decoded.newRows,
    },
  };
}

function latest(messages: readonly KafkaMessage[], of: (message: KafkaMessage) => number, least: number): number {
  return messages.reduce((most, message) => Math.max(most, of(message)), least);
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

import type { Metrics } from './metrics.ts';

/** Gauges of the partitions that this consumer reads. */
export type PartitionGauges = Pick<Metrics, 'lag' | 'offset' | 'watermark' | 'assignedPartitions'>;

/** topic → its partitions */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** Offsets of a partition at the broker. */
export interface BrokerOffsets {
  readonly topic: string;
  readonly partition: number;
  /** Where the group continues to read: its committed offset, or the oldest message if it has none. */
  readonly start: number;
  /** Offset that the next message written will have. */
  readonly end: number;
}

interface Progress {
  readonly topic: string;
  readonly partition: number;
  next?: number;
  watermark?: number;
}

/** Tracks how far the assigned partitions are read, and shows that as gauges. Other partitions have no gauges. */
export class AssignedPartitions {
  readonly #gauges: PartitionGauges;
  #progress = new Map<string, Progress>();
  #assigned = signal();

  constructor(gauges: PartitionGauges) {
    this.#gauges = gauges;
  }

  /** Returns the last assignment. */
  assignment(): Assignment {
    const assignment: Record<string, number[]> = {};
    for (const { topic, partition } of this.#progress.values()) {
      assignment[topic] = [...(assignment[topic] ?? []), partition];
    }
    return assignment;
  }

  /** Resolves at the next assignment. */
  nextAssignment(): Promise<void> {
    return this.#assigned.promise;
  }

  /**
   * Replaces the assignment. The position of a partition that stays is forgotten, because the group continues at the
   * committed offset. Its gauges keep their values until there are newer ones.
   * @returns the number of partitions
   */
  assign(assignment: Assignment): number {
    const next = new Map<string, Progress>();
    for (const [topic, numbers] of Object.entries(assignment)) {
      for (const partition of numbers) {
        const key = keyOf({ topic, partition });
        const watermark = this.#progress.get(key)?.watermark;
        next.set(key, { topic, partition, ...(watermark === undefined ? {} : { watermark }) });
      }
    }
    for (const [key, { topic, partition }] of this.#progress) {
      if (next.has(key)) continue;
      this.#gauges.lag.remove({ topic, partition });
      this.#gauges.offset.remove({ topic, partition });
    }
    this.#progress = next;
    this.#gauges.assignedPartitions.set(next.size);
    this.#showWatermark();
    this.#assigned.resolve();
    this.#assigned = signal();
    return next.size;
  }

  /** Called when a batch is processed: `next` is the offset after it, `end` that of the next message written. */
  advance(topic: string, partition: number, next: number, end: number, watermark?: number): void {
    const progress = this.#progress.get(keyOf({ topic, partition }));
    if (progress === undefined) return;
    progress.next = next;
    this.#show(progress, next, end);
    if (watermark === undefined) return;
    progress.watermark = watermark;
    this.#showWatermark();
  }

  /** Shows the broker's offsets. They may be older than the last batch, whose position then counts. */
  refresh(offsets: readonly BrokerOffsets[]): void {
    for (const { topic, partition, start, end } of offsets) {
      const progress = this.#progress.get(keyOf({ topic, partition }));
      if (progress !== undefined) this.#show(progress, progress.next ?? start, end);
    }
  }

  #show({ topic, partition }: Progress, next: number, end: number): void {
    this.#gauges.offset.set({ topic, partition }, next);
    this.#gauges.lag.set({ topic, partition }, Math.max(0, end - next));
  }

  /** Shows the lowest of the partitions' watermarks; no series when there is none yet. */
  #showWatermark(): void {
    const shown = [...this.#progress.values()].flatMap(({ watermark }) => watermark ?? []);
    if (shown.length === 0) this.#gauges.watermark.remove();
    else this.#gauges.watermark.set(Math.min(...shown) / 1_000);
  }
}

function keyOf({ topic, partition }: Pick<Progress, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`;
}

function signal(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

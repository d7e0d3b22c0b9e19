import { randomBytes } from 'node:crypto';
import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import {
  applyChange,
  type CounterState,
  type CounterStateBuilder,
  emptyState,
  type Position,
  type Series,
  seriesKey,
} from './counter-state.ts';
import type { CounterStore } from './counter-store.ts';

/** The counters that survive a restart: name → labels, in the order of the exposition, and help text. */
export const counterFamilies = {
  cdc_events_total: { labels: ['tablename', 'operation'], help: 'Row changes written to the event log.' },
  cdc_duplicate_events_total: {
    labels: [],
    help: 'Row changes that Kafka delivered again; cdc_events_total holds them once more.',
  },
  cdc_dead_letters_total: {
    labels: ['reason'],
    help: 'Messages that could not be decoded, sent to the dead-letter topic.',
  },
  cdc_messages_lost_total: {
    labels: ['topic', 'partition'],
    help: 'Messages that the topic did not keep until they were read.',
  },
  cdc_schema_changes_total: { labels: [], help: 'Schema changes (DDL statements) seen.' },
  cdc_keys_only_events_total: {
    labels: [],
    help: 'Row changes over the size limit that were written with their key only.',
  },
  cdc_event_log_removed_files_total: {
    labels: [],
    help: 'Segments of the event log removed to keep its number of files.',
  },
} as const;

export type CounterName = keyof typeof counterFamilies;

export interface Increment {
  readonly counter: CounterName;
  readonly labels: Readonly<Record<string, string>>;
  /** 0 makes the series appear. */
  readonly by: number;
}

/** How far a partition is counted, for {@link CountedChange}. */
export interface CountedPosition {
  readonly topic: string;
  readonly partition: number;
  readonly position: Position;
}

/** What is counted in one step: increments, and how far their partitions are counted with them. */
export interface CountedChange {
  readonly positions: readonly CountedPosition[];
  /** ms since the epoch: creation time of the series that are new with it. */
  readonly arrivedAt: number;
  readonly increments: readonly Increment[];
}

export interface CountsOptions {
  /** Without a store the counters begin at 0 in each process. */
  readonly store?: CounterStore | undefined;
  /**
   * Number of tables that have their own series; later tables share `otherTables`.
   * @default no limit
   */
  readonly maxTables?: number;
  /** Called for the first table without its own series. */
  readonly onOtherTable?: (table: string) => void;
}

/** The name shared by tables without their own series. No table has this name: table names have a dot. */
export const otherTables = 'other';

/**
 * The counters and the positions up to which they have counted. A change is stored before it is shown, so no scrape
 * sees a count that a restart would take back.
 */
export class Counts {
  readonly #options: CountsOptions;
  readonly #state: CounterStateBuilder;
  readonly #tables: Set<string>;
  #hasOtherTables = false;
  #removedFiles = 0;

  private constructor(options: CountsOptions, state: CounterStateBuilder) {
    this.#options = options;
    this.#state = state;
    const tables = [...(state.counters.get('cdc_events_total')?.values() ?? [])].map(({ labels }) => labels.tablename);
    this.#tables = new Set(tables.filter((table) => table !== undefined && table !== otherTables) as string[]);
  }

  /** @throws Error when the stored state cannot be read, or the store cannot be written */
  static async open(options: CountsOptions = {}): Promise<Counts> {
    const state = (await options.store?.read()) ?? emptyState();
    state.member ??= randomBytes(4).toString('hex');
    const counts = new Counts(options, state);
    const unlabelled = Object.entries(counterFamilies).filter(([, { labels }]) => labels.length === 0);
    const born = unlabelled.map(([counter]) => ({ counter: counter as CounterName, labels: {}, by: 0 }));
    await counts.record({ positions: [], arrivedAt: Date.now(), increments: born });
    return counts;
  }

  /** Distinguishes these counts from those of the group's other members, also after a restart. */
  get member(): string {
    return this.#state.member ?? '';
  }

  series(counter: CounterName): readonly Series[] {
    return [...(this.#state.counters.get(counter)?.values() ?? [])];
  }

  /** How far a partition is counted; undefined when nothing of it ever was. */
  position(topic: string, partition: number): Position | undefined {
    return this.#state.positions[topic]?.[partition];
  }

  /** The positions in a topic. */
  positions(topic: string): readonly CountedPosition[] {
    return Object.entries(this.#state.positions[topic] ?? {}).map(([partition, position]) => {
      return { topic, partition: Number(partition), position };
    });
  }

  /** Counts a removed segment file; it is stored with the next change. */
  addRemovedFile(): void {
    this.#removedFiles += 1;
  }

  /** Stores a change, then shows it. If this rejects, nothing has changed and it can be called again. */
  async record({ positions, arrivedAt, increments }: CountedChange): Promise<void> {
    const removed = this.#removedFiles;
    const all = [...increments, { counter: 'cdc_event_log_removed_files_total', labels: {}, by: removed } as const];
    const change: CounterState = {
      member: this.#state.member,
      positions: byTopic(positions),
      counters: this.#raised(all, arrivedAt),
    };
    await this.#options.store?.append(change, () => this.#copyWith(change));
    applyChange(this.#state, change);
    this.#removedFiles -= removed;
  }

  /** Returns the series that the increments change, with their new values. */
  #raised(increments: readonly Increment[], now: number): CounterState['counters'] {
    const raised = new Map<string, Map<string, Series>>();
    for (const increment of increments) {
      const { counter, by } = increment;
      const labels = counter === 'cdc_events_total' ? this.#boundedLabels(increment) : increment.labels;
      const family = raised.get(counter) ?? new Map<string, Series>();
      const key = seriesKey(labels);
      const { value, created } = family.get(key) ??
        this.#state.counters.get(counter)?.get(key) ?? { value: 0, created: now };
      raised.set(counter, family.set(key, { labels, value: value + by, created }));
    }
    return raised;
  }

  #boundedLabels({ labels }: Increment): Increment['labels'] {
    const { maxTables = Number.POSITIVE_INFINITY, onOtherTable } = this.#options;
    const table = labels.tablename ?? '';
    if (this.#tables.has(table)) return labels;
    if (this.#tables.size < maxTables) {
      this.#tables.add(table);
      return labels;
    }
    if (!this.#hasOtherTables) {
      this.#hasOtherTables = true;
      onOtherTable?.(table);
    }
    return { ...labels, tablename: otherTables };
  }

  #copyWith(change: CounterState): CounterState {
    const copy = emptyState();
    applyChange(copy, this.#state);
    applyChange(copy, change);
    return copy;
  }
}

function byTopic(positions: readonly CountedPosition[]): CounterState['positions'] {
  const topics: Record<string, Record<string, Position>> = {};
  for (const { topic, partition, position } of positions) {
    topics[topic] = { ...topics[topic], [partition]: position };
  }
  return topics;
}

/** Returns one increment per operation of a table, also for zero, so that each operation has a series. */
export function tableIncrements(tablename: string, byOperation: Readonly<Record<Operation, number>>): Increment[] {
  return operations.map((operation) => ({
    counter: 'cdc_events_total',
    labels: { tablename, operation },
    by: byOperation[operation],
  }));
}

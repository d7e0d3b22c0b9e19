import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import {
  type CounterState,
  type CounterStore,
  emptyState,
  type Position,
  type Series,
  seriesKey,
} from './counter-state.ts';

/** The counters that go on across a restart: name → its labels, in the order of the exposition, and its help text. */
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
  cdc_schema_changes_total: { labels: [], help: 'Schema changes (DDL statements) seen.' },
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

/** What a batch adds: counts, and how far its partition is read by it. */
export interface BatchCounts {
  readonly topic: string;
  readonly partition: number;
  readonly position: Position;
  /** When the batch arrived, ms since the epoch: the time of birth of series that it brings. */
  readonly arrivedAt: number;
  readonly increments: readonly Increment[];
}

/**
 * The counters and the positions up to which they have counted. What is shown is always what is stored: a batch is
 * stored first, then shown at once, so no scrape sees a count that a restart would take back.
 */
export class Counts {
  readonly #store: CounterStore | undefined;
  #state: CounterState;
  #removedFiles = 0;

  /** Without a store the counters begin at 0 in each process. */
  private constructor(store: CounterStore | undefined, state: CounterState) {
    this.#store = store;
    this.#state = state;
  }

  /** @throws Error where the stored state cannot be read */
  static async open(store?: CounterStore): Promise<Counts> {
    const stored = await store?.read();
    const unlabelled = Object.entries(counterFamilies).filter(([, { labels }]) => labels.length === 0);
    const born = unlabelled.map(([counter]) => ({ counter: counter as CounterName, labels: {}, by: 0 }));
    return new Counts(store, addIncrements(stored ?? emptyState, born, Date.now()));
  }

  series(counter: CounterName): readonly Series[] {
    return [...(this.#state.counters.get(counter)?.values() ?? [])];
  }

  /** How far a partition is counted; undefined where nothing of it ever was. */
  position(topic: string, partition: number): Position | undefined {
    return this.#state.positions[topic]?.[partition];
  }

  /** Counts a removed segment file; it is stored with the next batch. */
  addRemovedFile(): void {
    this.#removedFiles += 1;
  }

  /** Stores a batch's counts, then shows them. Where it rejects, nothing has changed and it can be called again. */
  async record(batch: BatchCounts): Promise<void> {
    const removed = this.#removedFiles;
    const increments = [
      ...batch.increments,
      { counter: 'cdc_event_log_removed_files_total', labels: {}, by: removed } satisfies Increment,
    ];
    const counted = addIncrements(this.#state, increments, batch.arrivedAt);
    const topic = { ...counted.positions[batch.topic], [batch.partition]: batch.position };
    const next = { ...counted, positions: { ...counted.positions, [batch.topic]: topic } };
    await this.#store?.write(next);
    this.#state = next;
    this.#removedFiles -= removed;
  }
}

/** Increments that show all operations of a table, with the number of each. */
export function tableIncrements(tablename: string, byOperation: Readonly<Record<Operation, number>>): Increment[] {
  return operations.map((operation) => ({
    counter: 'cdc_events_total',
    labels: { tablename, operation },
    by: byOperation[operation],
  }));
}

function addIncrements(state: CounterState, increments: readonly Increment[], now: number): CounterState {
  const counters = new Map<string, Map<string, Series>>();
  for (const { counter, labels, by } of increments) {
    const family = counters.get(counter) ?? new Map(state.counters.get(counter));
    const key = seriesKey(labels);
    const { value, created } = family.get(key) ?? { value: 0, created: now };
    counters.set(counter, family.set(key, { labels, value: value + by, created }));
  }
  return { ...state, counters: new Map([...state.counters, ...counters]) };
}

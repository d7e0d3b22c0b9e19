import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** How far a partition is counted. */
const position = z.object({
  /** Offset after the last message counted. Exact up to 2^53, which no partition reaches. */
  next: z.number().int().nonnegative(),
  /** Newest timestamp of a message counted, ms since the epoch: a message that Kafka delivers again is never newer. */
  newest: z.number().int(),
});

const series = z.object({
  labels: z.record(z.string(), z.string()),
  value: z.number().nonnegative(),
  /** When the series was at 0, ms since the epoch. */
  created: z.number().positive(),
});

const positions = z.record(z.string(), z.record(z.string(), position));

const stateFile = z.object({
  version: z.literal(1),
  positions,
  /** counter → its series */
  counters: z.record(z.string(), z.array(series)),
});

export type Position = Readonly<z.infer<typeof position>>;
export type Series = Readonly<z.infer<typeof series>>;

export interface CounterState {
  /** topic → partition → position */
  readonly positions: Readonly<z.infer<typeof positions>>;
  /** counter → key of a series (see seriesKey) → series */
  readonly counters: ReadonlyMap<string, ReadonlyMap<string, Series>>;
}

export const emptyState: CounterState = { positions: {}, counters: new Map() };

/** Tells the series of a counter apart. Its labels have one order everywhere, that of their declaration. */
export function seriesKey(labels: Series['labels']): string {
  return Object.values(labels).join('\0');
}

/** Where the counts are kept beside the event log `/dir/events.ndjson`: `/dir/events.counts.json`. */
export function counterStatePath(eventLog: string): string {
  const { dir, name } = path.parse(eventLog);
  return path.join(dir, `${name}.counts.json`);
}

/** Keeps the counter state in a file that is replaced as a whole, so that it is always one that was written completely. */
export class CounterStore {
  readonly #path: string;

  constructor(file: string) {
    this.#path = file;
  }

  /**
   * The stored state; undefined where there is no file yet.
   * @throws Error where the file is not a counter state: counting from zero unasked would be a wrong number
   */
  async read(): Promise<CounterState | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(`the counter state ${this.#path} cannot be read`, { cause: error });
    }
    try {
      const stored = stateFile.parse(JSON.parse(text));
      const families = Object.entries(stored.counters).map(([counter, family]) => {
        return [counter, new Map(family.map((one) => [seriesKey(one.labels), one]))] as const;
      });
      return { positions: stored.positions, counters: new Map(families) };
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      throw new Error(
        `the counter state ${this.#path} is damaged: restore it from a copy, or remove it to count from zero ` +
          `(events that Kafka then delivers again count as new): ${reason}`,
      );
    }
  }

  /** Replaces the file. It has not changed where this rejects. */
  async write(state: CounterState): Promise<void> {
    const counters = Object.fromEntries(
      [...state.counters].map(([counter, family]) => [counter, [...family.values()]]),
    );
    const text = JSON.stringify({ version: 1, positions: state.positions, counters } satisfies z.infer<
      typeof stateFile
    >);
    const next = `${this.#path}.next`;
    const file = await open(next, 'w', 0o640);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(next, this.#path);
  }
}

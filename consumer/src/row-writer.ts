import type { Operation } from '@tidb-cdc/runtime/operations';
import { type Increment, tableIncrements } from './counts.ts';
import { type MessageSource, toEventLine } from './event-document.ts';
import { fitLine } from './fit-document.ts';
import type { RowText } from './protocols/row-text.ts';

export interface RowWriterOptions {
  /** Rows of messages before this offset are counted as duplicates. */
  readonly nextNew: number;
  /** Maximum length of an event's line, in bytes. */
  readonly maxLineBytes: number;
  /** Receives the lines of the events, in the order of their messages. */
  readonly append: (line: string) => void;
}

/** Writes rows as lines, and counts them. */
export class RowWriter {
  /** Commit time of each row, ms since the epoch. */
  readonly commitTimes: number[] = [];
  duplicates = 0;
  readonly #options: RowWriterOptions;
  /** schema → table → number of each operation */
  readonly #schemas = new Map<string, Map<string, Record<Operation, number>>>();

  constructor(options: RowWriterOptions) {
    this.#options = options;
  }

  write(row: RowText, source: MessageSource): void {
    const { append, maxLineBytes, nextNew } = this.#options;
    append(fitLine(toEventLine(row, source), maxLineBytes));
    this.#countsOf(row)[row.operation] += 1;
    this.commitTimes.push(row.committedAt);
    if (Number(source.offset) < nextNew) this.duplicates += 1;
  }

  increments(): Increment[] {
    return [
      ...[...this.#schemas].flatMap(([schema, tables]) =>
        [...tables].flatMap(([table, counts]) => tableIncrements(`${schema}.${table}`, counts)),
      ),
      { counter: 'cdc_duplicate_events_total', labels: {}, by: this.duplicates },
    ];
  }

  #countsOf({ schema, table }: RowText): Record<Operation, number> {
    const tables = this.#schemas.get(schema) ?? new Map<string, Record<Operation, number>>();
    const counts = tables.get(table) ?? { insert: 0, update: 0, delete: 0 };
    this.#schemas.set(schema, tables.set(table, counts));
    return counts;
  }
}

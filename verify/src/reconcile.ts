import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import { type Cells, cellKey, cellOf, total } from './cells.ts';
import type { PieMoment } from './clients/prometheus.ts';

/** A run's numbers by table and operation. */
export interface CellEvidence {
  /** Events that the run's own changes must become. */
  readonly written: Cells;
  /** Documents of the run's own rows. */
  readonly own: Cells;
  /** Growth of the counter between two scrapes. */
  readonly counter: Cells;
  /** Growth of the duplicates counter between the same scrapes. */
  readonly duplicates: number;
  /** All documents of the offsets read between the same scrapes. */
  readonly documents: Cells;
}

export interface CellResult {
  readonly table: string;
  readonly operation: Operation;
  readonly written: number;
  readonly own: number;
  readonly counter: number;
  readonly documents: number;
  readonly ok: boolean;
}

/**
 * Compares the numbers cell by cell. Redelivered rows are counted again, so the counter may exceed the documents by up
 * to `duplicates`, over all tables. It need not: a redelivery that began before the first scrape is within the offsets
 * of both.
 */
export function reconcileCells(evidence: CellEvidence): {
  readonly cells: readonly CellResult[];
  readonly ok: boolean;
} {
  const { written, own, counter, duplicates, documents } = evidence;
  const keys = [written, own, counter, documents].flatMap((cells) => [...cells.keys()]);
  const tables = new Set(keys.map((key) => cellOf(key).table));
  const cells = [...tables].sort().flatMap((table) =>
    operations.map((operation) => {
      const at = (numbers: Cells): number => numbers.get(cellKey(table, operation)) ?? 0;
      const counts = { written: at(written), own: at(own), counter: at(counter), documents: at(documents) };
      const surplus = counts.counter - counts.documents;
      const ok = counts.own === counts.written && surplus >= 0 && surplus <= duplicates;
      return { table, operation, ...counts, ok };
    }),
  );
  return { cells, ok: cells.every((cell) => cell.ok) && total(counter) - total(documents) <= duplicates };
}

/** The pie at two moments, and what left its hour between them. */
export interface PieEvidence {
  /** The run's own events by operation. */
  readonly written: ReadonlyMap<Operation, number>;
  readonly before: PieMoment;
  readonly after: PieMoment;
  readonly agedOut: ReadonlyMap<Operation, number>;
}

export interface PieResult {
  readonly operation: Operation;
  readonly written: number;
  /** Growth of the pie's slice. */
  readonly pie: number;
  readonly agedOut: number;
  /** Growth of the counter in Prometheus. */
  readonly events: number;
  readonly ok: boolean;
}

/**
 * Checks that each slice grew by as much as the counter, less the events that are now older than an hour, and that the
 * counter grew by at least the run's own events.
 */
export function reconcilePie({ written, before, after, agedOut }: PieEvidence): readonly PieResult[] {
  return operations.map((operation) => {
    const at = (values: ReadonlyMap<Operation, number>): number => values.get(operation) ?? 0;
    const pie = at(after.pie) - at(before.pie);
    const events = at(after.events) - at(before.events);
    const ok = pie + at(agedOut) === events && events >= at(written);
    return { operation, written: at(written), pie, agedOut: at(agedOut), events, ok };
  });
}

import { type WaitOptions, waitFor } from '@tidb-cdc/runtime/wait';
import { type Cells, growth, total } from './cells.ts';
import { type ConsumerSnapshot, consumerSnapshot } from './clients/consumer.ts';
import { type EventIndex, inRanges, type OffsetRange, type Query } from './clients/elasticsearch.ts';
import { eventsSeen, newestScrape } from './clients/prometheus.ts';

/**
 * Checks that the consumer knows its position in every assigned partition. Just after joining its group it does not,
 * and the messages between two snapshots are then unknown.
 * @throws Error when a position is missing
 */
export function requirePositions({ assigned, offsets }: ConsumerSnapshot): void {
  if (assigned === 0) throw new Error('the consumer is not assigned any partition');
  if (offsets.size < assigned) throw new Error(`the consumer knows ${offsets.size} of ${assigned} positions`);
}

/** Offsets that the consumer processed between two snapshots. */
export function rangesBetween(before: ConsumerSnapshot, after: ConsumerSnapshot): readonly OffsetRange[] {
  return [...after.offsets].map(([name, to]) => {
    const slash = name.lastIndexOf('/');
    const topic = name.slice(0, slash);
    return { topic, partition: Number(name.slice(slash + 1)), from: before.offsets.get(name) ?? 0, to };
  });
}

/** Waits until each cell has at least as many documents as were written. */
export async function waitForOwnDocuments(
  index: EventIndex,
  query: Query,
  written: Cells,
  options: WaitOptions,
): Promise<void> {
  await waitFor(
    'the documents of the rows written',
    async () => {
      await index.refresh();
      const missing = shortfall(written, await index.countCells(query));
      if (missing > 0) throw new Error(`${missing} of ${total(written)} are missing`);
    },
    options,
  );
}

/** Waits until the documents between two snapshots are at least as many as the counter counted, less duplicates. */
export async function waitForDocuments(
  index: EventIndex,
  before: ConsumerSnapshot,
  after: ConsumerSnapshot,
  options: WaitOptions,
): Promise<void> {
  const counted = total(growth(before.events, after.events)) - (after.duplicates - before.duplicates);
  const query = inRanges(rangesBetween(before, after));
  await waitFor(
    'the documents of all rows counted',
    async () => {
      await index.refresh();
      const found = await index.count(query);
      if (found < counted) throw new Error(`${found} of ${counted} are there`);
    },
    options,
  );
}

/** Waits until the counter holds every row written since `before`. Returns that snapshot, which has all positions. */
export function waitForCounter(
  consumerUrl: string,
  before: ConsumerSnapshot,
  written: Cells,
  options: WaitOptions,
): Promise<ConsumerSnapshot> {
  return waitFor(
    "the rows written in the consumer's counter",
    async () => {
      const snapshot = await consumerSnapshot(consumerUrl);
      const missing = shortfall(written, growth(before.events, snapshot.events));
      if (missing > 0) throw new Error(`${missing} of ${total(written)} are missing`);
      requirePositions(snapshot);
      return snapshot;
    },
    options,
  );
}

/** Waits until Prometheus has everything that the consumer counted. Returns the time of that scrape. */
export function waitForPrometheus(prometheusUrl: string, counted: Cells, options: WaitOptions): Promise<number> {
  return waitFor(
    "the counter's values in Prometheus",
    async () => {
      const time = await newestScrape(prometheusUrl);
      const missing = shortfall(counted, await eventsSeen(prometheusUrl, time));
      if (missing > 0) throw new Error(`${missing} of ${total(counted)} are missing`);
      return time;
    },
    options,
  );
}

/** Sum over all cells of how far `found` is below `wanted`. */
function shortfall(wanted: Cells, found: Cells): number {
  return [...wanted].reduce((sum, [cell, number]) => sum + Math.max(0, number - (found.get(cell) ?? 0)), 0);
}

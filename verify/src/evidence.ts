import { eventsAlias } from '@tidb-cdc/charts/pipeline';
import { type WaitOptions, waitFor } from '@tidb-cdc/runtime/wait';
import {
  rangesBetween,
  requirePositions,
  waitForCounter,
  waitForDocuments,
  waitForOwnDocuments,
  waitForPrometheus,
} from './arrival.ts';
import { byOperation, type Cells, countCells, growth } from './cells.ts';
import { type ConsumerSnapshot, consumerSnapshot } from './clients/consumer.ts';
import { eventIndex, type Found, inRanges, type Query } from './clients/elasticsearch.ts';
import { agedOutEvents, newestScrape, pieAt } from './clients/prometheus.ts';
import type { CellEvidence, PieEvidence } from './reconcile.ts';
import type { SystemAccess } from './target.ts';

/** The system's figures at one moment. */
export interface Moment {
  readonly consumer: ConsumerSnapshot;
  /** Time of a scrape of Prometheus, in seconds since the epoch. */
  readonly scrapedAt: number;
}

/** The events that the run's changes must have become, and a query for their documents. */
export interface Written {
  readonly cells: Cells;
  readonly query: Query;
}

export interface Evidence {
  readonly cells: CellEvidence;
  readonly pie: PieEvidence;
  /** Documents of the run's own rows, in order within each partition. */
  readonly own: readonly Found[];
  /** What did not arrive in time. The figures are then those at the end of the wait. */
  readonly late: readonly string[];
}

/** Returns the baseline figures. Prometheus's are never newer than the consumer's. */
export function currentMoment(access: SystemAccess, options: WaitOptions): Promise<Moment> {
  return waitFor(
    'the first figures',
    async () => {
      const scrapedAt = await newestScrape(access.prometheus);
      const consumer = await consumerSnapshot(access.consumer);
      requirePositions(consumer);
      return { scrapedAt, consumer };
    },
    options,
  );
}

/** Every wait gets at least this time, even after the overall bound: enough to find what arrived in time. */
const leastWaitMs = 1_000;

/**
 * Waits until everything written has arrived everywhere, and collects the figures. All waits together take little
 * longer than the bound.
 */
export async function gatherEvidence(
  access: SystemAccess,
  before: Moment,
  written: Written,
  options: WaitOptions,
): Promise<Evidence> {
  const index = eventIndex(access.elasticsearch, eventsAlias);
  const late: string[] = [];
  const after = await waitForAll(access, before, written, options, late);
  const own = await index.search(written.query);
  const { consumer, scrapedAt } = before;
  return {
    cells: {
      written: written.cells,
      own: countCells(
        own.map(({ document: { cdc, event } }) => ({ table: `${cdc.schema}.${cdc.table}`, operation: event.action })),
      ),
      counter: growth(consumer.events, after.consumer.events),
      duplicates: after.consumer.duplicates - consumer.duplicates,
      documents: await index.countCells(inRanges(rangesBetween(consumer, after.consumer))),
    },
    pie: {
      written: byOperation(written.cells),
      before: await pieAt(access.prometheus, scrapedAt),
      after: await pieAt(access.prometheus, after.scrapedAt),
      agedOut: await agedOutEvents(access.prometheus, scrapedAt, after.scrapedAt),
    },
    own,
    late,
  };
}

async function waitForAll(
  access: SystemAccess,
  before: Moment,
  written: Written,
  options: WaitOptions,
  late: string[],
): Promise<Moment> {
  const index = eventIndex(access.elasticsearch, eventsAlias);
  const deadline = Date.now() + options.timeoutMs;
  /** Waits for at most the time left. On failure, records that and continues with `otherwise`. */
  const orElse = async <T>(wait: (left: WaitOptions) => Promise<T>, otherwise: () => Promise<T>): Promise<T> => {
    try {
      return await wait({ ...options, timeoutMs: Math.max(leastWaitMs, deadline - Date.now()) });
    } catch (error) {
      late.push(error instanceof Error ? error.message : String(error));
      return otherwise();
    }
  };
  const nothing = async (): Promise<void> => undefined;
  const consumer = await orElse(
    (left) => waitForCounter(access.consumer, before.consumer, written.cells, left),
    () => consumerSnapshot(access.consumer),
  );
  await orElse((left) => waitForOwnDocuments(index, written.query, written.cells, left), nothing);
  await orElse((left) => waitForDocuments(index, before.consumer, consumer, left), nothing);
  const scrapedAt = await orElse(
    (left) => waitForPrometheus(access.prometheus, consumer.events, left),
    () => newestScrape(access.prometheus),
  );
  return { consumer, scrapedAt };
}

import { parseExposition, type Sample, sumOf } from '@tidb-cdc/runtime/exposition';
import { fetchText } from '@tidb-cdc/runtime/http';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { type Cells, cellKey } from '../cells.ts';

/** The consumer's metrics at one moment: all values come from the same scrape. */
export interface ConsumerSnapshot {
  /** `cdc_events_total` by table and operation. */
  readonly events: Cells;
  /** `cdc_duplicate_events_total`: how many events were counted again without a new document. */
  readonly duplicates: number;
  /** Messages sent to the dead-letter topic. */
  readonly deadLetters: number;
  readonly schemaChanges: number;
  /** Next offset to read, by `topic/partition`. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Number of assigned partitions. */
  readonly assigned: number;
  /** Messages not read yet, as far as the consumer knows. */
  readonly lag: number;
}

/** Scrapes the consumer at a base URL in the OpenMetrics format, as Prometheus does. */
export async function scrape(consumerUrl: string): Promise<readonly Sample[]> {
  const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
  return parseExposition(await fetchText(`${consumerUrl}/metrics`, { headers }));
}

/** Reads counters and offsets in one scrape. */
export async function consumerSnapshot(consumerUrl: string): Promise<ConsumerSnapshot> {
  const samples = await scrape(consumerUrl);
  const named = (name: string): readonly Sample[] => samples.filter((sample) => sample.name === name);
  return {
    events: new Map(
      named('cdc_events_total').map(({ labels, value }) => [
        cellKey(labels.tablename ?? '', labels.operation as Operation),
        value,
      ]),
    ),
    duplicates: sumOf(samples, 'cdc_duplicate_events_total') ?? 0,
    deadLetters: sumOf(samples, 'cdc_dead_letters_total') ?? 0,
    schemaChanges: sumOf(samples, 'cdc_schema_changes_total') ?? 0,
    offsets: new Map(
      named('cdc_consumer_offset').map(({ labels, value }) => [`${labels.topic}/${labels.partition}`, value]),
    ),
    assigned: sumOf(samples, 'cdc_consumer_assigned_partitions') ?? 0,
    lag: sumOf(samples, 'cdc_consumer_lag') ?? 0,
  };
}

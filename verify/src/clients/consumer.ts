import { parseExposition, type Sample, sumOf } from '@tidb-cdc/runtime/exposition';
import { fetchText } from '@tidb-cdc/runtime/http';
import type { Operation } from '@tidb-cdc/runtime/operations';
import { type Cells, cellKey } from '../cells.ts';

/** What the consumer had done at one moment: the values of one scrape belong together. */
export interface ConsumerSnapshot {
  /** `cdc_events_total` by table and operation. */
  readonly events: Cells;
  /** `cdc_duplicate_events_total`: how much `events` holds more than there are documents. */
  readonly duplicates: number;
  /** Messages that went to the dead-letter topic. */
  readonly deadLetters: number;
  readonly schemaChanges: number;
  /** Next offset to read by `topic/partition`. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Partitions that it reads. */
  readonly assigned: number;
  /** Messages that it has not read, as far as it knows. */
  readonly lag: number;
}

/** Samples of a consumer at its base URL, asked for in OpenMetrics, as Prometheus does. */
export async function scrape(consumerUrl: string): Promise<readonly Sample[]> {
  const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
  return parseExposition(await fetchText(`${consumerUrl}/metrics`, { headers }));
}

/** One scrape's counters and offsets. */
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

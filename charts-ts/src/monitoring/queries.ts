/**
 * PromQL that several readers ask with the same words: the Grafana panels, the console page, the rules and `verify`.
 */

export { operationsInTheLast, operationsInTheLastHour } from '@tidb-cdc/runtime/queries';

/** Messages that wait in each partition; a partition that has just moved is counted once. */
export const lagByPartition = 'max by (topic, partition) (cdc_consumer_lag)';

/** How old the newest watermark is, in seconds; nothing where the source writes none, as Canal does. */
export const watermarkAge = 'time() - min(cdc_watermark_timestamp_seconds)';

/** Seconds from a change's commit to its line in the event log, below which a share of the changes stayed. */
export function eventDelayQuantile(quantile: number, window: string): string {
  return `histogram_quantile(${quantile}, sum by (le) (rate(cdc_event_delay_seconds_bucket[${window}])))`;
}

/**
 * Gives the series of `cdc_events_total` the labels `schema` and `table`, which are fields of the documents too: the
 * metric has both in one label, `tablename`. The schema ends at the first dot.
 */
export function withSchemaAndTable(expression: string): string {
  const withSchema = `label_replace(${expression}, "schema", "$1", "tablename", "([^.]+)[.].+")`;
  return `label_replace(${withSchema}, "table", "$1", "tablename", "[^.]+[.](.+)")`;
}

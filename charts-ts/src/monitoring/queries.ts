/**
 * PromQL that several readers share: Grafana's panels, the console page, the rules and `verify`.
 */

export { operationsInTheLast, operationsInTheLastHour } from '@tidb-cdc/runtime/queries';

/** Messages that wait in each partition. A partition that has just moved to another consumer is counted once. */
export const lagByPartition = 'max by (topic, partition) (cdc_consumer_lag)';

/** Age of the newest watermark, in seconds. No result if the source writes none, such as Canal. */
export const watermarkAge = 'time() - min(cdc_watermark_timestamp_seconds)';

/** Quantile of the seconds from a change's commit to its line in the event log. @param window such as `5m` */
export function eventDelayQuantile(quantile: number, window: string): string {
  return `histogram_quantile(${quantile}, sum by (le) (rate(cdc_event_delay_seconds_bucket[${window}])))`;
}

/**
 * Adds the labels `schema` and `table`, which are also fields of the documents, to the series of `cdc_events_total`.
 * The metric has both in one label, `tablename`; the schema ends at the first dot.
 */
export function withSchemaAndTable(expression: string): string {
  const withSchema = `label_replace(${expression}, "schema", "$1", "tablename", "([^.]+)[.].+")`;
  return `label_replace(${withSchema}, "table", "$1", "tablename", "[^.]+[.](.+)")`;
}

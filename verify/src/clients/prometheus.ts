import { operationsInTheLast, operationsInTheLastHour } from '@tidb-cdc/charts/monitoring/queries';
import { defined } from '@tidb-cdc/runtime/defined';
import { fetchText } from '@tidb-cdc/runtime/http';
import { type Operation, operations } from '@tidb-cdc/runtime/operations';
import { byOperation, type Cells, cellKey } from '../cells.ts';

/** One series in the result of an instant query. */
export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus's numbers at one moment. */
export interface PieMoment {
  /** What the pie shows. */
  readonly pie: ReadonlyMap<Operation, number>;
  /** Prometheus's own view of `cdc_events_total`. */
  readonly events: ReadonlyMap<Operation, number>;
}

/**
 * Runs an instant query at a time in seconds since the epoch (default: now).
 * @throws Error when Prometheus returns an error
 */
export async function instantQuery(prometheusUrl: string, query: string, time?: number): Promise<readonly Point[]> {
  const parameters = new URLSearchParams({ query, ...defined({ time: time?.toFixed(3) }) });
  const answer = JSON.parse(await fetchText(`${prometheusUrl}/api/v1/query?${parameters}`)) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/**
 * Time of the newest scrape that has events, in seconds. A query at this time sees that scrape and none that is still
 * in progress.
 * @throws Error while there is none
 */
export async function newestScrape(prometheusUrl: string): Promise<number> {
  const [newest] = await instantQuery(prometheusUrl, 'max(timestamp(cdc_events_total))');
  if (newest === undefined) throw new Error('Prometheus has no cdc_events_total yet');
  return newest.value;
}

/** `cdc_events_total` in Prometheus at a time, by table and operation. */
export async function eventsSeen(prometheusUrl: string, time: number): Promise<Cells> {
  const points = await instantQuery(prometheusUrl, 'sum by (tablename, operation) (cdc_events_total)', time);
  return new Map(
    points.map(({ labels, value }) => [cellKey(labels.tablename ?? '', labels.operation as Operation), value]),
  );
}

/** The pie and the counter that it is computed from, at a time. */
export async function pieAt(prometheusUrl: string, time: number): Promise<PieMoment> {
  return {
    pie: operationValues(await instantQuery(prometheusUrl, operationsInTheLastHour, time)),
    events: byOperation(await eventsSeen(prometheusUrl, time)),
  };
}

/** Events by operation that are in the hour before `from` but not in the hour before `to` (seconds). */
export async function agedOutEvents(
  prometheusUrl: string,
  from: number,
  to: number,
): Promise<ReadonlyMap<Operation, number>> {
  const milliseconds = Math.round((to - from) * 1000);
  const query = operationsInTheLast(`${milliseconds}ms`);
  return operationValues(await instantQuery(prometheusUrl, query, to - 3600));
}

/** The pie's values for a single table, given as `schema.table`. */
export async function pieOfTable(prometheusUrl: string, table: string): Promise<ReadonlyMap<Operation, number>> {
  const counter = 'cdc_events_total[';
  if (!operationsInTheLastHour.includes(counter)) throw new Error(`no ${counter} in ${operationsInTheLastHour}`);
  const query = operationsInTheLastHour.replace(counter, `cdc_events_total{tablename="${table}"}[`);
  return operationValues(await instantQuery(prometheusUrl, query));
}

function operationValues(points: readonly Point[]): ReadonlyMap<Operation, number> {
  const values = new Map<Operation, number>(operations.map((operation) => [operation, 0]));
  for (const { labels, value } of points) values.set(labels.operation as Operation, value);
  return values;
}

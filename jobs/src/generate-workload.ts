import { positiveInteger } from '@tidb-cdc/runtime/environment';
import type { Logger } from '@tidb-cdc/runtime/log';
import { operations } from '@tidb-cdc/runtime/operations';
import { z } from 'zod';
import { applicationSettings, connectToShop, databaseSettings } from './database.ts';
import { runJob, waitOptions, waitSettings } from './job.ts';
import { close } from './sql.ts';
import { RowCounts, type RowCountTable } from './workload/row-counts.ts';
import { runWorkload } from './workload/run.ts';

const DEFAULT_DURATION_SECONDS = 60;
const PROGRESS_MS = 5_000;

/** Settings of generate-workload. With neither bound given it runs for 60 seconds; with both, the first reached ends it. */
export const generateWorkloadSettings = z.object({
  ...databaseSettings,
  ...applicationSettings,
  ...waitSettings,
  /** row changes a second, of all operations */
  WORKLOAD_RATE: positiveInteger.default(20),
  /** row changes in all, kept exactly */
  WORKLOAD_COUNT: positiveInteger.optional(),
  WORKLOAD_DURATION_SECONDS: positiveInteger.optional(),
});
export type GenerateWorkloadSettings = z.infer<typeof generateWorkloadSettings>;

/** The committed row changes of a run, as a stream of changes shows them. */
export interface WorkloadSummary {
  readonly total: number;
  readonly seconds: number;
  readonly rows: RowCountTable;
}

/**
 * Changes rows of the shop as its customers and staff would, about 60 % inserts, 30 % updates and 10 % deletes,
 * on four connections. Logs progress every 5 s and a summary at the end, also when it fails.
 * `stop` ends it early; where none is given, SIGINT and SIGTERM do.
 */
export async function generateWorkload(
  settings: GenerateWorkloadSettings,
  log: Logger,
  stop?: AbortSignal,
): Promise<WorkloadSummary> {
  const wait = waitOptions(settings, log);
  const first = await connectToShop(settings, wait);
  const others = await Promise.all([1, 2, 3].map(() => connectToShop(settings, wait)));
  const connections = [first, ...others] as const;
  const counts = new RowCounts();
  const started = Date.now();
  const progress = setInterval(() => logProgress(log, counts, started), PROGRESS_MS);
  try {
    await runWorkload(connections, {
      ...bounds(settings),
      changesPerSecond: settings.WORKLOAD_RATE,
      stop: stop ?? stopOnSignal(),
      counts,
    });
    return summarize(counts, started);
  } finally {
    clearInterval(progress);
    const summary = summarize(counts, started);
    log.info({ cdc: { workload: summary } }, describe(summary));
    await Promise.all(connections.map(close));
  }
}

function bounds({ WORKLOAD_COUNT: count, WORKLOAD_DURATION_SECONDS: given }: GenerateWorkloadSettings) {
  const durationSeconds = given ?? (count === undefined ? DEFAULT_DURATION_SECONDS : undefined);
  return { ...(count === undefined ? {} : { count }), ...(durationSeconds === undefined ? {} : { durationSeconds }) };
}

function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

function logProgress(log: Logger, counts: RowCounts, started: number): void {
  const byOperation = operations.map((operation) => `${operation} ${counts.ofOperation(operation)}`).join(', ');
  const rate = (counts.total * 1000) / (Date.now() - started);
  log.info(`workload: ${counts.total} row changes, ${rate.toFixed(1)}/s: ${byOperation}`);
}

function summarize(counts: RowCounts, started: number): WorkloadSummary {
  return { total: counts.total, seconds: (Date.now() - started) / 1000, rows: counts.toTable() };
}

function describe({ total, seconds, rows }: WorkloadSummary): string {
  const tables = Object.entries(rows).map(
    ([table, row]) => `${table} ${operations.map((operation) => `${operation} ${row[operation]}`).join(' ')}`,
  );
  const rate = seconds === 0 ? 0 : total / seconds;
  return `workload done: ${total} row changes in ${seconds.toFixed(1)} s, ${rate.toFixed(1)}/s: ${tables.join(', ')}`;
}

await runJob(import.meta.url, generateWorkloadSettings, (settings, log) => generateWorkload(settings, log));

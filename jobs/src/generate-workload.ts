import { positiveInteger } from '@tidb-cdc/runtime/environment';
import type { Logger } from '@tidb-cdc/runtime/log';
import { operations } from '@tidb-cdc/runtime/operations';
import { close } from '@tidb-cdc/runtime/sql';
import { z } from 'zod';
import { applicationSettings, connectToShop, databaseSettings } from './database.ts';
import { runJob, waitOptions, waitSettings } from './job.ts';
import { countOf, noChanges, type RowCounts, runWorkload, totalOf } from './shop/workload.ts';

const defaultDurationSeconds = 60;
const progressIntervalMs = 5_000;

/** Settings of generate-workload. It ends at the count or the duration, whichever is first; by default after 60 s. */
export const generateWorkloadSettings = z.object({
  ...databaseSettings,
  ...applicationSettings,
  ...waitSettings,
  /** row changes per second, of all operations */
  WORKLOAD_RATE: positiveInteger.default(20),
  /** total row changes, exactly */
  WORKLOAD_COUNT: positiveInteger.optional(),
  WORKLOAD_DURATION_SECONDS: positiveInteger.optional(),
});
export type GenerateWorkloadSettings = z.infer<typeof generateWorkloadSettings>;

/** The committed row changes of a run. */
export interface WorkloadSummary {
  readonly total: number;
  readonly seconds: number;
  readonly rows: RowCounts;
}

/**
 * Changes rows of the shop as its customers and staff would, about 60 % inserts, 30 % updates and 10 % deletes,
 * on four connections. Logs progress every 5 s and a summary at the end, also when it fails.
 * `stop` ends it early; by default SIGINT and SIGTERM do.
 */
export async function generateWorkload(
  settings: GenerateWorkloadSettings,
  log: Logger,
  stop: AbortSignal = stopOnSignal(),
): Promise<WorkloadSummary> {
  const wait = waitOptions(settings, log);
  const first = await connectToShop(settings, wait);
  const connections = [first, ...(await Promise.all([2, 3, 4].map(() => connectToShop(settings, wait))))];
  const { WORKLOAD_COUNT: count = Number.POSITIVE_INFINITY, WORKLOAD_RATE: changesPerSecond } = settings;
  const endless = count === Number.POSITIVE_INFINITY ? defaultDurationSeconds : Number.POSITIVE_INFINITY;
  const durationSeconds = settings.WORKLOAD_DURATION_SECONDS ?? endless;
  const rows = noChanges();
  const started = Date.now();
  const summary = (): WorkloadSummary => ({ total: totalOf(rows), seconds: (Date.now() - started) / 1000, rows });
  const progress = setInterval(() => log.info(`workload: ${describe(summary())}`), progressIntervalMs);
  try {
    await runWorkload(connections, rows, { changesPerSecond, count, durationSeconds, stop });
    return summary();
  } finally {
    clearInterval(progress);
    log.info({ cdc: { workload: summary() } }, `workload done: ${describe(summary())}`);
    await Promise.all(connections.map(close));
  }
}

function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

function describe({ total, seconds, rows }: WorkloadSummary): string {
  const rate = seconds === 0 ? 0 : total / seconds;
  const byOperation = operations.map((operation) => `${operation} ${countOf(rows, operation)}`).join(', ');
  return `${total} row changes in ${seconds.toFixed(1)} s, ${rate.toFixed(1)}/s: ${byOperation}`;
}

await runJob(import.meta.url, generateWorkloadSettings, (settings, log) => generateWorkload(settings, log));

import { defined } from '@tidb-cdc/runtime/defined';
import { commaSeparated, oneOf, url } from '@tidb-cdc/runtime/environment';
import { type Logger, messageWithCauses } from '@tidb-cdc/runtime/log';
import { readLogin } from '@tidb-cdc/runtime/login';
import { type WaitOptions, waitFor } from '@tidb-cdc/runtime/wait';
import { z } from 'zod';
import {
  type ChangefeedDefinition,
  capturePattern,
  captureRule,
  changefeedFile,
  withCapture,
  withKafkaLogin,
} from './changefeed/definition.ts';
import { ensureChangefeed, isFinal, type Outcome, requireNormal } from './changefeed/ensure.ts';
import { type ChangefeedApi, changefeedApi } from './changefeed/open-api.ts';
import type { JsonApi } from './http-json.ts';
import { readJsonSetting, runJob, waitOptions, waitSettings } from './job.ts';

/** Settings of create-changefeed. A user name and its password go together. */
export const createChangefeedSettings = z.object({
  ...waitSettings,
  TICDC_URL: url.default('http://127.0.0.1:8300'),
  /** For a TiCDC that requires a login (`client-user-required`): a user of TiDB. */
  TICDC_USERNAME: z.string().optional(),
  TICDC_PASSWORD: z.string().optional(),
  CHANGEFEED_FILE: z.string({
    error: 'must be the path of a JSON file {"changefeed_id": …, "sink_uri": …, "replica_config": {…}}',
  }),
  /** Replaces the filter rules of the file. */
  CAPTURE: commaSeparated(capturePattern, captureRule).optional(),
  /** For a Kafka that requires a login; added to the sink URI. */
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
  /** `true` updates an existing changefeed to match the file: pause, update, resume. */
  CHANGEFEED_UPDATE: oneOf(['true', 'false']).default('false'),
});
export type CreateChangefeedSettings = z.infer<typeof createChangefeedSettings>;

/**
 * Creates the changefeed of the file, and waits until its state is `normal` and its checkpoint has moved. An existing
 * changefeed with the same configuration is left alone. A different one is updated if CHANGEFEED_UPDATE is `true`.
 * A changefeed never sees rows that were written before it existed.
 *
 * @throws Error with the differences, with TiCDC's own error of a failed changefeed, or, after WAIT_TIMEOUT_SECONDS,
 * with the last reason
 */
export async function createChangefeed(
  settings: CreateChangefeedSettings,
  log: Logger,
): Promise<{ readonly outcome: Outcome }> {
  const kafka = readLogin(settings, 'KAFKA');
  const file = await readJsonSetting('CHANGEFEED_FILE', settings.CHANGEFEED_FILE, changefeedFile);
  const wanted = withCapture(withKafkaLogin(file, kafka), settings.CAPTURE);
  const id = wanted.changefeed_id;
  const endpoint: JsonApi = {
    url: settings.TICDC_URL,
    ...defined({ login: readLogin(settings, 'TICDC') }),
    // before TiCDC answers a request to create a changefeed, it reads all tables and connects to Kafka
    timeoutMs: 60_000,
  };
  const api = changefeedApi(endpoint, id);
  const wait = { ...waitOptions(settings, log), isFinal };

  await waitFor(`TiCDC at ${settings.TICDC_URL}`, () => api.checkReady(), wait);
  const mayUpdate = settings.CHANGEFEED_UPDATE === 'true';
  const outcome = await waitFor(
    `TiCDC to take changefeed ${id}`,
    () => ensureChangefeed(api, wanted, mayUpdate, wait),
    wait,
  );
  log.info(`changefeed ${id}: ${outcome}`);
  const checkpoint = await waitUntilMoving(api, id, wait);
  log.info(`changefeed ${id}: normal, its checkpoint moves`);
  await nameIneligibleTables(api, wanted, checkpoint, log);
  return { outcome };
}

/** Waits until the checkpoint moves, and returns it. An accepted changefeed does not necessarily run. */
async function waitUntilMoving(api: ChangefeedApi, id: string, wait: WaitOptions): Promise<number> {
  const first = await waitFor(`changefeed ${id} to be normal`, () => requireNormal(api, id), wait);
  return waitFor(
    `the checkpoint of changefeed ${id} to move`,
    async () => {
      const { checkpoint_ts: now } = await requireNormal(api, id);
      if (now <= first.checkpoint_ts) throw new Error(`it stands at ${now}`);
      return now;
    },
    wait,
  );
}

/** Logs the tables that TiCDC does not capture. Errors are only logged, because the changefeed runs anyway. */
async function nameIneligibleTables(
  api: ChangefeedApi,
  { replica_config: config }: ChangefeedDefinition,
  at: number,
  log: Logger,
): Promise<void> {
  try {
    for (const table of await api.ineligibleTables(config, at)) {
      log.warn({ table }, `${table} is not captured: it has neither a primary key nor a unique key without NULL`);
    }
  } catch (error) {
    log.warn(`cannot ask TiCDC for tables that it leaves out: ${messageWithCauses(error)}`);
  }
}

await runJob(import.meta.url, createChangefeedSettings, createChangefeed);

import { readCertificate } from '@tidb-cdc/runtime/certificate';
import { defined } from '@tidb-cdc/runtime/defined';
import { brokers, commaSeparated, oneOf, topicName, url } from '@tidb-cdc/runtime/environment';
import { type Logger, messageWithCauses } from '@tidb-cdc/runtime/log';
import { readLogin } from '@tidb-cdc/runtime/login';
import { protocolNames } from '@tidb-cdc/runtime/names';
import { type WaitOptions, waitFor } from '@tidb-cdc/runtime/wait';
import { z } from 'zod';
import {
  type ChangefeedDefinition,
  capturePattern,
  captureRule,
  changefeedFile,
  withCapture,
  withKafka,
  withKafkaLogin,
} from './changefeed/definition.ts';
import { ensureChangefeed, isFinal, type Outcome, requireNormal } from './changefeed/ensure.ts';
import { type ChangefeedApi, changefeedApi } from './changefeed/open-api.ts';
import { withProtocol } from './changefeed/protocol.ts';
import type { JsonApi } from './http-json.ts';
import { readJsonSetting, runJob, waitOptions, waitSettings } from './job.ts';

/** Settings of create-changefeed. A user name and its password go together. */
export const createChangefeedSettings = z.object({
  ...waitSettings,
  TICDC_URL: url.default('http://127.0.0.1:8300'),
  /** For a TiCDC that requires a login (`client-user-required`): a user of TiDB. */
  TICDC_USERNAME: z.string().optional(),
  TICDC_PASSWORD: z.string().optional(),
  /** PEM file with the certificate authority of an https URL. */
  TICDC_CA_FILE: z.string().optional(),
  CHANGEFEED_FILE: z.string({
    error: 'must be the path of a JSON file {"changefeed_id": …, "sink_uri": …, "replica_config": {…}}',
  }),
  /** Replaces the filter rules of the file. */
  CAPTURE: commaSeparated(capturePattern, captureRule).optional(),
  /** Replaces the protocol of the file. */
  PROTOCOL: oneOf(protocolNames).optional(),
  /** Brokers and topic. They replace those in the file. */
  KAFKA_BROKERS: brokers.optional(),
  KAFKA_TOPIC: topicName.optional(),
  /** For a Kafka that requires a login; added to the sink URI. */
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
  /** How TiCDC sends the login, if any, and whether its connections are encrypted. If unset, the file decides. */
  KAFKA_SASL_MECHANISM: oneOf(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_TLS: oneOf(['true', 'false']).optional(),
  /** PEM file with the brokers' certificate authority, at the same path here and where TiCDC runs. Empty for a public one. */
  KAFKA_CA_FILE: z.string().optional(),
  /** Brokers and path of that file on TiCDC's own hosts, if they differ. This program does not read the file. */
  TICDC_KAFKA_BROKERS: brokers.optional(),
  TICDC_KAFKA_CA_FILE: z.string().optional(),
  /** `false` when somebody else has created a changefeed that writes to the topic: the job does nothing. */
  CHANGEFEED_CREATE: oneOf(['true', 'false']).default('true'),
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
): Promise<{ readonly outcome: Outcome | 'external' }> {
  if (settings.CHANGEFEED_CREATE === 'false') {
    log.info('CHANGEFEED_CREATE=false: not creating a changefeed, one made elsewhere writes to the topic');
    return { outcome: 'external' };
  }
  const wanted = await readDefinition(settings);
  const id = wanted.changefeed_id;
  const endpoint: JsonApi = {
    url: settings.TICDC_URL,
    ...defined({
      login: readLogin(settings, 'TICDC'),
      ca: readCertificate('TICDC_CA_FILE', settings.TICDC_CA_FILE),
    }),
    // before TiCDC answers a request to create a changefeed, it reads all tables and connects to Kafka
    timeoutMs: 60_000,
  };
  const api = changefeedApi(endpoint, id);
  const wait = { ...waitOptions(settings, log), isFinal };

  await waitFor(`TiCDC at ${settings.TICDC_URL}`, () => api.checkReady(), wait);
  const mayUpdate = settings.CHANGEFEED_UPDATE === 'true';
  const outcome = await waitFor(
    `TiCDC to accept changefeed ${id}`,
    () => ensureChangefeed(api, wanted, mayUpdate, wait),
    wait,
  );
  log.info(`changefeed ${id}: ${outcome}`);
  const checkpoint = await waitUntilMoving(api, id, wait);
  log.info(`changefeed ${id}: normal, its checkpoint advances`);
  await nameIneligibleTables(api, wanted, checkpoint, log);
  return { outcome };
}

/** Reads the changefeed of the file, and replaces what the settings override. */
async function readDefinition(settings: CreateChangefeedSettings): Promise<ChangefeedDefinition> {
  const login = readLogin(settings, 'KAFKA');
  const { KAFKA_CA_FILE: path } = settings;
  const ca = readCertificate('KAFKA_CA_FILE', path);
  const kafka = defined({
    brokers: settings.TICDC_KAFKA_BROKERS ?? settings.KAFKA_BROKERS,
    topic: settings.KAFKA_TOPIC,
    saslMechanism: login && settings.KAFKA_SASL_MECHANISM,
    tls: settings.KAFKA_TLS && settings.KAFKA_TLS === 'true',
    caFile: settings.TICDC_KAFKA_CA_FILE ?? (ca && path),
  });
  const file = await readJsonSetting('CHANGEFEED_FILE', settings.CHANGEFEED_FILE, changefeedFile);
  const definition = withProtocol(withKafkaLogin(withKafka(file, kafka), login), settings.PROTOCOL);
  return withCapture(definition, settings.CAPTURE);
}

/** Waits until the checkpoint moves, and returns it. An accepted changefeed does not necessarily run. */
async function waitUntilMoving(api: ChangefeedApi, id: string, wait: WaitOptions): Promise<number> {
  const first = await waitFor(`changefeed ${id} to be normal`, () => requireNormal(api, id), wait);
  return waitFor(
    `the checkpoint of changefeed ${id} to advance`,
    async () => {
      const { checkpoint_ts: now } = await requireNormal(api, id);
      if (now <= first.checkpoint_ts) throw new Error(`it is still ${now}`);
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
    log.warn(`cannot ask TiCDC which tables it does not capture: ${messageWithCauses(error)}`);
  }
}

await runJob(import.meta.url, createChangefeedSettings, createChangefeed);

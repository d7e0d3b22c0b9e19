import { createProducer, type KafkaConnection } from '@tidb-cdc/runtime/kafka';
import { readKafkaAccess } from '@tidb-cdc/runtime/kafka-access';
import { type Logger, messageWithCauses } from '@tidb-cdc/runtime/log';
import { type BatchParts, BatchProcessor, diskSteps } from './batch.ts';
import { ClaimCheck } from './claim-check/claim-check.ts';
import { openClaimStore } from './claim-check/settings.ts';
import { type Consumption, startConsuming } from './consume.ts';
import { CounterStore, counterStatePath } from './counter-store.ts';
import { Counts, otherTables } from './counts.ts';
import { DeadLetterSender } from './dead-letters.ts';
import { openEventLog } from './event-log/open-event-log.ts';
import { Health } from './health.ts';
import { type HttpServer, serveHttp } from './http.ts';
import { watchLag } from './lag.ts';
import { createMetrics } from './metrics.ts';
import { AssignedPartitions } from './partitions.ts';
import { createDecoder } from './protocols/decoder.ts';
import { SchemaFile, schemaFilePath } from './protocols/simple/schema-file.ts';
import type { RowCompleter } from './row-completer.ts';
import { readLookupAccess } from './row-lookup/settings.ts';
import type { ConsumerSettings } from './settings.ts';
import { shutDown } from './shutdown.ts';
import { Takeover } from './takeover.ts';

/**
 * Runs the consumer from its start to its end. Resolves after `stopping` is aborted and everything is closed in time.
 * @throws Error that ended the consumer, or that names what was not closed in time
 */
export async function runService(settings: ConsumerSettings, log: Logger, stopping: AbortSignal): Promise<void> {
  const connection: KafkaConnection = {
    brokers: settings.KAFKA_BROKERS,
    clientId: 'cdc-consumer',
    log,
    access: readKafkaAccess(settings),
  };
  const failing = new AbortController();
  const parts = await openParts(settings, connection, AbortSignal.any([stopping, failing.signal]));
  const http = await serveHttp({
    host: settings.HTTP_HOST,
    port: settings.HTTP_PORT,
    log,
    metrics: parts.metrics.expose,
    live: () => parts.health.live(),
    ready: () => parts.health.ready(),
  });
  log.info({ eventLog: settings.EVENT_LOG, topics: settings.KAFKA_TOPICS, http: http.port }, 'consumer started');

  const { promise: failed, reject: fail } = deferred();
  const processor = new BatchProcessor(parts);
  const consumption = startConsuming(settings, connection, { ...parts, processor }, fail);
  consumption.started
    .then(() => watchLag(connection, settings.KAFKA_GROUP_ID, parts.partitions, parts.stopping))
    .catch(fail);

  try {
    await Promise.race([failed, aborted(stopping)]);
  } catch (error) {
    parts.health.failed(messageWithCauses(error));
    log.error({ error }, 'the consumer cannot go on');
    failing.abort();
    await putAway(settings, { ...parts, http, consumption }).catch((undone: unknown) => {
      log.error({ error: undone }, 'the consumer could not put all away');
    });
    throw error;
  }
  await putAway(settings, { ...parts, http, consumption });
  log.info('consumer ended');
}

async function openParts(settings: ConsumerSettings, connection: KafkaConnection, stopping: AbortSignal) {
  const { log } = connection;
  const { METRICS_MAX_TABLES: maxTables } = settings;
  const claims = openClaimStore(settings);
  const lookup = await openRowLookup(settings, log);
  const store = new CounterStore(counterStatePath(settings.EVENT_LOG), log);
  // The log first: its lock keeps other processes from changing the counts, which are read next.
  const eventLog = await openEventLog(settings, log, () => counts.addRemovedFile());
  const schemaFile = new SchemaFile(schemaFilePath(settings.EVENT_LOG));
  const onOtherTable = (table: string) =>
    log.warn(
      { table },
      `METRICS_MAX_TABLES=${maxTables}: this table and those after it are counted as "${otherTables}"`,
    );
  const counts = await Counts.open({ store, maxTables, onOtherTable });
  const health = new Health(settings.LIVENESS_TIMEOUT_SECONDS);
  const isWritable = () => !Object.values(diskSteps).some((step) => health.isBlockedAt(step));
  const metrics = createMetrics({ counts, isWritable });
  const decoder = createDecoder(settings.KAFKA_PROTOCOL, log, schemaFile);
  return {
    decoder,
    // A row with a file is read from the file, not from the database.
    completers: [...(claims ? [new ClaimCheck(claims, decoder)] : []), ...(lookup ? [lookup] : [])],
    counts,
    store,
    eventLog,
    takeover: new Takeover({
      ...{ connection, counts, health },
      groupId: settings.KAFKA_GROUP_ID,
      topics: settings.KAFKA_TOPICS,
    }),
    health,
    metrics,
    log,
    stopping,
    deadLetters: new DeadLetterSender(createProducer(connection), settings.KAFKA_DEAD_LETTER_TOPIC, log),
    partitions: new AssignedPartitions(metrics),
    maxLineBytes: settings.EVENT_LOG_MAX_BYTES,
  } satisfies BatchParts & { store: CounterStore };
}

/** Returns undefined when no database is set. */
async function openRowLookup(settings: ConsumerSettings, log: Logger): Promise<RowCompleter | undefined> {
  const access = readLookupAccess(settings);
  if (access === undefined) return undefined;
  // Imported only if needed: mysql2 takes time and memory.
  const { RowLookup } = await import('./row-lookup/row-lookup.ts');
  return new RowLookup(access, log);
}

interface Open extends BatchParts {
  readonly store: CounterStore;
  readonly deadLetters: DeadLetterSender;
  readonly http: HttpServer;
  readonly consumption: Consumption;
}

/** @throws Error naming what was not done within the time limit */
async function putAway(settings: ConsumerSettings, open: Open): Promise<void> {
  const seconds = settings.SHUTDOWN_TIMEOUT_SECONDS;
  open.log.info({ seconds }, 'ending');
  await shutDown(seconds, [
    { name: 'finish the batch and leave the group', run: open.consumption.stop },
    { name: 'disconnect from the dead-letter topic', run: () => open.deadLetters.close() },
    { name: 'close the event log', run: () => open.eventLog.close() },
    { name: 'close the counts', run: () => open.store.close() },
    { name: 'close the HTTP server', run: open.http.close },
  ]);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function deferred(): { promise: Promise<never>; reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filebeatConfig } from '@tidb-cdc/charts/elastic/filebeat';
import { indexTemplates } from '@tidb-cdc/charts/elastic/index-template';
import { programSource } from '@tidb-cdc/embedded/parts/go-program';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { fetchText } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { total } from '@tidb-cdc/verify/cells';
import { scrape } from '@tidb-cdc/verify/clients/consumer';
import { eventIndex, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { createEmptyTopic, deleteTopic, produce, resetOffsets } from '../../src/clients/kafka.ts';
import { Gate } from '../../src/gate.ts';
import { type ServerProcess, startServer } from '../../src/server-process.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-filebeat-blocked-'));
const eventLog = join(folder, 'log');
const filebeatLog = join(folder, 'filebeat.log');
const topic = uniqueName('filebeat-blocked');
/** Its own alias: other suites count everything behind the shared one. */
const alias = `cdc-${topic}`;
const table = `${topic.replaceAll('-', '_')}.orders`;
const rows = 500;
const groupId = topic;
/** Filebeat closes a file after this time without a new line; in production, 5 minutes. */
const inactive = '3s';

let consumer: OwnConsumer;
let filebeat: ServerProcess | undefined;
let gate: Gate;

beforeAll(async () => {
  const { kafka, elasticsearch } = stage.system.endpoints;
  await createEmptyTopic(kafka, topic, 1);
  await installTemplate(elasticsearch);
  gate = new Gate(await freePort(), Number(new URL(elasticsearch).port));
  consumer = await startConsumer(100);
});

afterAll(async () => {
  await filebeat?.kill();
  await consumer?.stop();
  await gate?.close();
  await deleteTopic(stage.system.endpoints.kafka, topic);
  rmSync(folder, { recursive: true, force: true });
});

async function startConsumer(keepFiles: number): Promise<OwnConsumer> {
  const env = {
    EVENT_LOG_MAX_BYTES: '32768',
    EVENT_LOG_ROTATE_BYTES: '32768',
    EVENT_LOG_KEEP_FILES: String(keepFiles),
    EVENT_LOG_NUDGE_SECONDS: '2',
  };
  const { kafka } = stage.system.endpoints;
  const started = await OwnConsumer.start({ kafka, topic, groupId, folder: eventLog, env });
  await started.waitForProbe('/readyz', 200);
  return started;
}

async function installTemplate(elasticsearch: string): Promise<void> {
  const body = indexTemplates().templates[0]?.body ?? {};
  await fetchText(`${elasticsearch}/_index_template/${alias}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...body,
      index_patterns: [`${alias}-*`],
      allow_auto_create: true,
      template: { ...(body.template as object), aliases: { [alias]: {} } },
    }),
  });
}

type Settings = Readonly<Record<string, unknown>>;

/** Starts Filebeat with the system's configuration, but with the shorter time that this suite is about. */
async function startFilebeat(): Promise<ServerProcess> {
  const statusPort = await freePort();
  const config = filebeatConfig({
    eventLogGlob: join(eventLog, 'events.*.ndjson'),
    elasticsearchUrl: `http://127.0.0.1:${gate.port}`,
    statusHost: '127.0.0.1',
    statusPort,
    memoryMiB: 64,
  });
  const [input] = config['filebeat.inputs'] as [Settings];
  const shortened = { 'close.on_state_change.inactive': inactive, 'close.on_state_change.check_interval': '1s' };
  const output = { ...(config['output.elasticsearch'] as Settings), index: `${alias}-%{+yyyy.MM.dd}` };
  const file = join(folder, 'filebeat.json');
  writeFileSync(
    file,
    JSON.stringify({
      ...config,
      'filebeat.inputs': [{ ...input, ...shortened }],
      'output.elasticsearch': output,
      'logging.level': 'debug',
    }),
  );
  const { path } = programSource('filebeat', defaultCacheDir());
  return startServer({
    name: 'Filebeat',
    command: [path, '-c', file, `--path.home=${folder}`, `--path.data=${join(folder, 'data')}`, '--strict.perms=false'],
    logFile: filebeatLog,
    isReady: async () => {
      await fetchText(`http://127.0.0.1:${statusPort}/`);
    },
  });
}

/** Writes rows from `first` to below `end` in batches that each fill a segment, and waits until they are counted. */
async function writeRows(first: number, end: number): Promise<void> {
  const { kafka } = stage.system.endpoints;
  const before = await uniqueCount();
  for (let start = first; start < end; start += 50) {
    const ids = Array.from({ length: 50 }, (_, n) => start + n);
    const messages = ids.map((id) => ({ value: canalInsert(table, id, { note: 'x'.repeat(500) }) }));
    await produce(kafka, topic, 0, messages);
    const counted = before + start + 50 - first;
    await waitFor('the counter', async () => expect(await uniqueCount()).toBe(counted), arrival);
  }
}

/** Number of rows that the consumer has counted, without redelivered ones. */
async function uniqueCount(): Promise<number> {
  const { events, duplicates } = await consumer.snapshot();
  return total(events) - duplicates;
}

async function waitForDocuments(expected: number): Promise<void> {
  const index = eventIndex(stage.system.endpoints.elasticsearch, alias);
  await waitFor(
    `${expected} documents`,
    async () => {
      await index.refresh();
      expect(await index.count(ofTable(table))).toBe(expected);
    },
    arrival,
  );
}

test('Elasticsearch is away for longer than Filebeat keeps a file open that it does not read: all arrives', async () => {
  filebeat = await startFilebeat();
  await writeRows(0, rows);
  const segments = readdirSync(eventLog).filter((name) => /^events\.\d+/.test(name));
  expect(segments.length).toBeGreaterThan(5);
  const givenUp = () => new Set(readFileSync(filebeatLog, 'utf8').match(/'[^']*events\.[\w-]+\.ndjson' is inactive/g));
  await waitFor('Filebeat to give every file up', () => expect(givenUp().size).toBe(segments.length), arrival);

  await gate.open();
  await waitForDocuments(rows);
});

test('the folder of the event log is wiped while Filebeat remembers the files of it: all arrives', async () => {
  await consumer.stop();
  rmSync(eventLog, { recursive: true });
  consumer = await startConsumer(2);
  await writeRows(rows, rows + 50);
  await waitForDocuments(rows + 50);
});

test('segments are removed unread while Elasticsearch is away: counted, and brought by reading the topic again', async () => {
  await gate.close();
  await writeRows(rows + 50, 2 * rows + 50);
  const removed = (await scrape(consumer.url)).find(({ name }) => name === 'cdc_event_log_removed_files_total');
  expect(removed?.value).toBeGreaterThan(5);
  await consumer.stop();
  await gate.open();

  await resetOffsets(stage.system.endpoints.kafka, groupId, topic, [{ partition: 0, offset: '0' }]);
  consumer = await startConsumer(100);
  await waitForDocuments(2 * rows + 50);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { podLogsFolder } from '@tidb-cdc/charts/elastic/container-logs';
import { indexTemplates, logIndexTemplate, logStream, type Named } from '@tidb-cdc/charts/elastic/index-template';
import { filebeat } from '@tidb-cdc/charts/elastic/kubernetes';
import { readProfile } from '@tidb-cdc/charts/profile';
import type { EventDocument } from '@tidb-cdc/consumer/event-document';
import { programSource } from '@tidb-cdc/embedded/parts/go-program';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { freePort } from '@tidb-cdc/runtime/ports';
import { repository } from '@tidb-cdc/runtime/repository';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { eventIndex, type Found, is, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import { fetchText } from '@tidb-cdc/verify/clients/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { createEmptyTopic, deleteTopic, produce } from '../../src/clients/kafka.ts';
import { ContainerLog } from '../../src/container-log.ts';
import { type ServerProcess, startServer } from '../../src/server-process.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import { arrival, Stage } from '../stage.ts';

const stage = new Stage();
const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-container-logs-'));
const podLogs = join(folder, 'pods');
const topic = uniqueName('container-logs');
/** An alias of its own: other suites count all that is behind the shared one. */
const alias = `cdc-${topic}`;
const table = `${topic.replaceAll('-', '_')}.orders`;
const rows = 200;
/** Larger than a part of a line in a container's log, with characters of several bytes. */
const longText = 'größer '.repeat(12_000);

/** What the consumer prints of the rows in the topic, events and its own log, a line each. */
async function consumerPrints(): Promise<readonly string[]> {
  const { kafka } = stage.system.endpoints;
  await createEmptyTopic(kafka, topic, 1);
  const values = Array.from({ length: rows }, (_, id) => canalInsert(table, id, id === 7 ? { note: longText } : {}));
  await produce(
    kafka,
    topic,
    0,
    values.map((value) => ({ value })),
  );
  const consumer = await OwnConsumer.start({ kafka, topic, groupId: topic, folder, env: { EVENT_LOG: 'stdout' } });
  const linesSoFar = () => consumer.output().split('\n').slice(0, -1);
  await waitFor(
    'the events on stdout',
    () => {
      expect(linesSoFar().filter(isEvent)).toHaveLength(rows);
    },
    arrival,
  );
  expect((await consumer.stop()).code).toBe(0);
  return linesSoFar();
}

function isEvent(line: string): boolean {
  return (JSON.parse(line) as EventDocument).event.dataset === 'cdc.events';
}

/** Filebeat as ECK runs it on a node, on folders and an Elasticsearch of ours. */
class NodeFilebeat {
  readonly #config: string;
  readonly #port: number;
  #server: ServerProcess | undefined;

  private constructor(config: string, port: number) {
    this.#config = config;
    this.#port = port;
  }

  static async configure(): Promise<NodeFilebeat> {
    const port = await freePort();
    const beat = filebeat(await readProfile(join(repository, 'k8s', 'profiles', 'kind.yaml')));
    const text = JSON.stringify((beat.spec as { readonly config: Settings }).config);
    const config = JSON.parse(text.replaceAll(podLogsFolder, podLogs)) as Settings;
    const { 'ssl.certificate_authorities': _, username: __, password: ___, ...output } = config['output.elasticsearch'];
    const file = join(folder, 'filebeat.json');
    writeFileSync(
      file,
      JSON.stringify({
        ...config,
        'output.elasticsearch': {
          ...output,
          index: `${alias}-%{+yyyy.MM.dd}`,
          hosts: [stage.system.endpoints.elasticsearch],
        },
        'http.host': '127.0.0.1',
        'http.port': port,
      }),
    );
    return new NodeFilebeat(file, port);
  }

  async start(): Promise<void> {
    const source = programSource('filebeat', defaultCacheDir());
    this.#server = await startServer({
      name: 'Filebeat',
      command: [
        source.path,
        '-c',
        this.#config,
        `--path.home=${folder}`,
        `--path.data=${this.#data}`,
        '--strict.perms=false',
      ],
      logFile: join(folder, 'filebeat.log'),
      isReady: async () => {
        await fetchText(`http://127.0.0.1:${this.#port}/`);
      },
    });
  }

  /** Ends it as a node that fails does. */
  async kill(): Promise<void> {
    await this.#server?.kill();
    this.#server = undefined;
  }

  /** Lets it forget what it has read. */
  forget(): void {
    rmSync(this.#data, { recursive: true });
  }

  get #data(): string {
    return join(folder, 'filebeat-data');
  }
}

type Settings = Readonly<Record<string, unknown>> & {
  readonly 'output.elasticsearch': Readonly<Record<string, unknown>>;
};

describe('the consumer’s log on a node of Kubernetes', () => {
  let node: NodeFilebeat;
  let log: ContainerLog;
  let lines: readonly string[];
  let written = 0;

  beforeAll(async () => {
    await install(logIndexTemplate());
    const [events] = indexTemplates().templates;
    await install({
      name: alias,
      body: {
        ...events?.body,
        index_patterns: [`${alias}-*`],
        allow_auto_create: true,
        template: { ...(events?.body.template as object), aliases: { [alias]: {} } },
      },
    });
    mkdirSync(podLogs);
    lines = await consumerPrints();
    log = new ContainerLog(podLogs, { namespace: 'cdc', pod: 'consumer-7c5d9f8b6-x2k4q', container: 'consumer' });
    node = await NodeFilebeat.configure();
    await node.start();
  });

  afterAll(async () => {
    await node?.kill();
    await deleteTopic(stage.system.endpoints.kafka, topic);
    rmSync(folder, { recursive: true, force: true });
  });

  async function install({ name, body }: Named): Promise<void> {
    await fetchText(`${stage.system.endpoints.elasticsearch}/_index_template/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async function documents(): Promise<readonly Found[]> {
    const index = eventIndex(stage.system.endpoints.elasticsearch, alias);
    await index.refresh();
    return index.search(ofTable(table));
  }

  /** Lets the container print its next lines. */
  function print(number: number): void {
    log.write(lines.slice(written, written + number));
    written += number;
  }

  /** Waits until each event that was printed is a document, once. */
  async function waitForDocuments(): Promise<void> {
    const events = lines.slice(0, written).filter(isEvent).length;
    await waitFor(`${events} documents`, async () => expect(await documents()).toHaveLength(events), arrival);
  }

  test('events are in the indices of their days, long ones whole', async () => {
    print(60);
    await waitForDocuments();
    const notes = (await documents()).flatMap(({ document }) => document.cdc.data?.note ?? []);
    expect(notes).toEqual([longText]);
  });

  test('its own log is in another, with the pod that wrote it', async () => {
    const logs = eventIndex(stage.system.endpoints.elasticsearch, logStream);
    await waitFor(
      'the log',
      async () => {
        await logs.refresh();
        expect(await logs.count(is('event.dataset', 'cdc.consumer'))).toBeGreaterThan(0);
      },
      arrival,
    );
    expect(await logs.count(is('event.dataset', 'cdc.events'))).toBe(0);
    const ofPod = { wildcard: { 'log.file.path': '*cdc_consumer-7c5d9f8b6-x2k4q_*' } };
    expect(await logs.count(ofPod)).toBeGreaterThan(0);
  });

  test('a rotation while Filebeat is down loses nothing', async () => {
    await node.kill();
    print(20);
    log.rotate();
    print(20);
    await node.start();
    await waitForDocuments();
  });

  test('neither do rotations while it runs', async () => {
    for (const number of [3, 4, 12, 30]) {
      log.rotate();
      print(number);
      await waitForDocuments();
    }
  });

  test('what is read a second time is no second document', async () => {
    await node.kill();
    node.forget();
    print(lines.length - written);
    await node.start();
    await waitForDocuments();
    expect(await documents()).toHaveLength(rows);
  });
});

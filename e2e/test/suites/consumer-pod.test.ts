import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexTemplates } from '@tidb-cdc/charts/elastic/index-template';
import { fetchText } from '@tidb-cdc/runtime/http';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { cellKey } from '@tidb-cdc/verify/cells';
import { eventIndex, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { createEmptyTopic, deleteTopic, produce, resetOffsets } from '../../src/clients/kafka.ts';
import { ConsumerPod } from '../consumer-pod.ts';
import { uniqueName } from '../own-consumer.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const topic = uniqueName('pod');
/** Its own alias: other suites count everything behind the shared one. */
const alias = `cdc-${topic}`;
const table = `${topic.replaceAll('-', '_')}.orders`;

describe('a pod of the consumer on Kubernetes', () => {
  const volume = mkdtempSync(join(tmpdir(), 'tidb-cdc-pod-'));
  let pod: ConsumerPod;
  let written = 0;

  beforeAll(async () => {
    const { kafka, elasticsearch } = stage.system.endpoints;
    await installTemplate(elasticsearch);
    await createEmptyTopic(kafka, topic, 1);
    pod = new ConsumerPod({ volume, kafka, topic, elasticsearch, index: `${alias}-%{+yyyy.MM.dd}` });
    await pod.start();
  });

  afterEach(() => elasticsearchComesBack());

  afterAll(async () => {
    await pod?.lose();
    await deleteTopic(stage.system.endpoints.kafka, topic);
    rmSync(volume, { recursive: true, force: true });
  });

  async function write(number: number): Promise<void> {
    const values = Array.from({ length: number }, (_, index) => canalInsert(table, written + index));
    await produce(
      stage.system.endpoints.kafka,
      topic,
      0,
      values.map((value) => ({ value })),
    );
    written += number;
  }

  /** Waits until the counter, less the rows that Kafka redelivered, has every row. */
  function waitForCounter(): Promise<void> {
    return waitFor(
      `${written} rows in the counter`,
      async () => {
        const { events, duplicates } = await pod.consumer.snapshot();
        expect((events.get(cellKey(table, 'insert')) ?? 0) - duplicates).toBe(written);
      },
      arrival,
    );
  }

  /** Waits until rows = documents = counter, with no document twice. */
  async function expectAllOnce(): Promise<void> {
    await waitForCounter();
    await expectDocuments();
  }

  /** Waits until every row is a document, and none is two. */
  async function expectDocuments(): Promise<void> {
    const index = eventIndex(stage.system.endpoints.elasticsearch, alias);
    await waitFor(
      `${written} documents`,
      async () => {
        await index.refresh();
        const found = await index.search(ofTable(table));
        expect(new Set(found.map(({ document }) => document.cdc.primary_key.id)).size).toBe(written);
        expect(found).toHaveLength(written);
      },
      arrival,
    );
  }

  test('ships what it counts', async () => {
    await write(100);
    await expectAllOnce();
  });

  test('goes on where the consumer was killed', async () => {
    await write(300);
    await pod.killConsumer();
    await pod.startConsumer();
    await expectAllOnce();
  });

  test('goes on where Filebeat was killed', async () => {
    await pod.killFilebeat();
    await write(300);
    await waitForCounter();
    await pod.startFilebeat();
    await expectAllOnce();
  });

  test('scaled away ships everything before it ends, also what was not read yet', async () => {
    elasticsearchGoesAway();
    // More than Filebeat reads before Elasticsearch has any of it.
    await write(2_000);
    await waitForCounter();
    // Only the hook keeps Filebeat reading by then.
    await pod.delete({ consumerEnded: () => setTimeout(elasticsearchComesBack, 4_000) });
    await expectDocuments();
    await pod.start();
    await expectAllOnce();
  });

  test('deleted while Elasticsearch is away leaves on its volume what the next pod ships', async () => {
    elasticsearchGoesAway();
    await write(300);
    await waitForCounter();
    await pod.delete({ drainSeconds: 3 });
    await pod.start();
    await write(100);
    await waitForCounter();
    elasticsearchComesBack();
    await expectAllOnce();
  });

  test('so does one that goes with its node', async () => {
    elasticsearchGoesAway();
    await write(300);
    await waitForCounter();
    await pod.lose();
    await write(100);
    elasticsearchComesBack();
    await pod.start();
    await expectAllOnce();
  });

  test('brings every document back from the topic where Elasticsearch has lost all of them', async () => {
    const { kafka, elasticsearch } = stage.system.endpoints;
    await pod.delete();
    await deleteIndices(elasticsearch);
    await resetOffsets(kafka, topic, topic, [{ partition: 0, offset: '0' }]);
    await pod.start();
    await expectAllOnce();
  });
});

/** Deletes every index behind this suite's alias. */
async function deleteIndices(elasticsearch: string): Promise<void> {
  const indices = Object.keys(JSON.parse(await fetchText(`${elasticsearch}/${alias}`)) as object);
  expect(indices).not.toEqual([]);
  for (const index of indices) await fetchText(`${elasticsearch}/${index}`, { method: 'DELETE' });
}

function elasticsearchGoesAway(): void {
  process.kill(stage.system.pid('elasticsearch'), 'SIGSTOP');
}

function elasticsearchComesBack(): void {
  process.kill(stage.system.pid('elasticsearch'), 'SIGCONT');
}

/** Installs the events' index template for this suite's alias. */
async function installTemplate(elasticsearch: string): Promise<void> {
  const [events] = indexTemplates().templates;
  await fetchText(`${elasticsearch}/_index_template/${alias}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...events?.body,
      index_patterns: [`${alias}-*`],
      allow_auto_create: true,
      template: { ...(events?.body.template as object), aliases: { [alias]: {} } },
    }),
  });
}

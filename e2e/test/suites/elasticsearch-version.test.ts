import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elasticsearchUsers } from '@tidb-cdc/charts/elastic/facts';
import { indexTemplate, logIndexTemplate } from '@tidb-cdc/charts/elastic/index-template';
import { dataStream } from '@tidb-cdc/charts/pipeline';
import { readProfile } from '@tidb-cdc/charts/profile';
import { type EventDocument, toEventDocument } from '@tidb-cdc/consumer/event-document';
import { decodeCanalJson } from '@tidb-cdc/consumer/protocols/canal-json/canal-json';
import { repository } from '@tidb-cdc/runtime/repository';
import { eventIndex, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import { fetchAnswer, fetchText } from '@tidb-cdc/verify/clients/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newerJdk } from '../../src/elastic/newer-jdk.ts';
import { passwordOf, type ReleasedElasticsearch, startReleasedElasticsearch } from '../../src/elastic/released.ts';
import { runToEnd } from '../../src/program.ts';

const jdk = newerJdk();
if (jdk === undefined) console.log('Elasticsearch 9 is left out: there is no JDK 21 or newer');

const vectorsFile = join(repository, 'consumer', 'test', 'vectors', 'canal-json.jsonl');
const { shipper, dashboards, monitor } = elasticsearchUsers;

/** The documents of TiCDC's messages, as the consumer makes them. */
function ticdcDocuments(): readonly EventDocument[] {
  return readFileSync(vectorsFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { config: Readonly<Record<string, unknown>>; valueBase64: string })
    .filter(({ config }) => JSON.stringify(config) === '{"enable-tidb-extension":true}')
    .flatMap(({ valueBase64 }, offset) => {
      const decoded = decodeCanalJson(Buffer.from(valueBase64, 'base64'));
      const source = { topic: 'cdc-events', partition: 0, offset: String(offset) };
      return decoded.kind === 'rows'
        ? decoded.rows.map((row, index) => toEventDocument(row, { ...source, row: index }))
        : [];
    });
}

interface BulkAnswer {
  readonly items: readonly { readonly create: { readonly status: number } }[];
}

describe.skipIf(jdk === undefined)('Elasticsearch in the version that compose and Kubernetes run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-elasticsearch-'));
  const documents = ticdcDocuments();
  let server: ReleasedElasticsearch;

  beforeAll(async () => {
    if (jdk === undefined) return;
    server = await startReleasedElasticsearch({ jdk, folder, say: (line) => console.log(`elasticsearch: ${line}`) });
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the job with a template and gives what it logged. */
  async function install(template: string): Promise<string> {
    const { code, output } = await runToEnd('jobs/src/install-index-template.ts', {
      env: {
        ELASTICSEARCH_URL: new URL(server.url('elastic')).origin,
        ELASTICSEARCH_USERNAME: 'elastic',
        ELASTICSEARCH_PASSWORD: passwordOf('elastic'),
        INDEX_TEMPLATE_FILE: template,
        WAIT_TIMEOUT_SECONDS: '30',
      },
    });
    expect(code, output).toBe(0);
    return output;
  }

  /** The index templates of a profile of Kubernetes, as files. */
  async function templatesOf(name: string): Promise<readonly string[]> {
    const { elasticsearch, retention } = await readProfile(join(repository, 'k8s', 'profiles', `${name}.yaml`));
    const options = { replicas: elasticsearch.copies, retention: retention.documents };
    return [indexTemplate(options), logIndexTemplate(options)].map((template) => {
      const file = join(folder, `${name}-${template.name}.json`);
      writeFileSync(file, JSON.stringify(template));
      return file;
    });
  }

  test.each([
    ['kind', () => templatesOf('kind')],
    ['production', () => templatesOf('production')],
    ['compose', () => [join(repository, 'compose', 'config', 'jobs', 'index-template.json')]],
  ])('takes the index templates of %s, and has them unchanged the second time', async (_target, files) => {
    for (const file of await files()) {
      expect(await install(file)).toMatch(/created|updated/);
      expect(await install(file)).toContain('unchanged');
    }
  });

  test('Filebeat’s user adds rows that TiCDC sent; a second time each is there already', async () => {
    expect(documents.length).toBeGreaterThan(20);
    const lines = documents.flatMap((document) => [
      { create: { _index: dataStream, _id: document.event.id } },
      document,
    ]);
    const add = async () => {
      const answer = await fetchText(`${server.url(shipper.username)}/_bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      });
      return (JSON.parse(answer) as BulkAnswer).items.map(({ create }) => create.status);
    };
    expect(await add()).toEqual(documents.map(() => 201));
    expect(await add()).toEqual(documents.map(() => 409));
  });

  test('Grafana’s user finds them, by table and by the value of a column', async () => {
    await eventIndex(server.url('elastic'), dataStream).refresh();
    const index = eventIndex(server.url(dashboards.username), dataStream);
    const found = await index.search({ match_all: {} });
    expect(found.map(({ document }) => document.event.id).sort()).toEqual(
      documents.map(({ event }) => event.id).sort(),
    );
    const { cdc } = documents[0] as EventDocument;
    const [column, value] = Object.entries(cdc.primary_key ?? {})[0] as [string, string];
    const here = {
      bool: { filter: [ofTable(`${cdc.schema}.${cdc.table}`), { term: { [`cdc.primary_key.${column}`]: value } }] },
    };
    const expected = documents.filter(
      (other) => other.cdc.table === cdc.table && other.cdc.primary_key?.[column] === value,
    );
    expect(await index.count(here)).toBe(expected.length);
  });

  test('the data stream keeps documents as long as compose says', async () => {
    const state = await fetchText(`${server.url('elastic')}/_cluster/state/metadata`);
    const { metadata } = JSON.parse(state) as { metadata: { data_stream: { data_stream: Record<string, unknown> } } };
    expect(metadata.data_stream.data_stream[dataStream]).toMatchObject({
      lifecycle: { enabled: true, data_retention: '7d' },
    });
  });

  test('nobody else reads or writes', async () => {
    const search = `/${dataStream}/_search`;
    const statusOf = async (url: string) => (await fetchAnswer(url)).status;
    expect(await statusOf(`${new URL(server.url('elastic')).origin}${search}`)).toBe(401);
    expect(await statusOf(`${server.url(monitor.username)}${search}`)).toBe(403);
    expect(await statusOf(`${server.url(shipper.username)}${search}`)).toBe(403);
    expect(await statusOf(`${server.url(monitor.username)}/_cluster/health`)).toBe(200);
    const headers = { 'content-type': 'application/json' };
    const write = await fetchAnswer(`${server.url(dashboards.username)}/${dataStream}/_doc`, {
      method: 'POST',
      headers,
      body: JSON.stringify(documents[0]),
    });
    expect(write.status).toBe(403);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elasticsearchUsers, maxShardsPerNode, templatesRole, writer } from '@tidb-cdc/charts/elastic/facts';
import { type IndexTemplates, indexTemplates } from '@tidb-cdc/charts/elastic/index-template';
import { snapshots } from '@tidb-cdc/charts/elastic/snapshots';
import { eventsAlias, rejectedIndex } from '@tidb-cdc/charts/pipeline';
import { parseProfile } from '@tidb-cdc/charts/profile';
import { countDocuments, findEvents, findTables } from '@tidb-cdc/console/events';
import { findRejected } from '@tidb-cdc/console/rejected';
import { type EventDocument, toEventDocument } from '@tidb-cdc/consumer/event-document';
import { decodeCanalJson } from '@tidb-cdc/consumer/protocols/canal-json/canal-json';
import { fetchAnswer, fetchText } from '@tidb-cdc/runtime/http';
import { repository } from '@tidb-cdc/runtime/repository';
import { eventIndex, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profileText } from '../../src/cluster/production-profile.ts';
import { newerJdk } from '../../src/elastic/newer-jdk.ts';
import { passwordOf, type ReleasedElasticsearch, startReleasedElasticsearch } from '../../src/elastic/released.ts';
import { runToEnd } from '../../src/program.ts';

const jdk = newerJdk();
if (jdk === undefined) console.log('Elasticsearch 9 is left out: there is no JDK 21 or newer');

const vectorsFile = join(repository, 'consumer', 'test', 'vectors', 'canal-json.jsonl');
const installer = 'templates';
const { shipper, dashboards, console: page, monitor } = elasticsearchUsers;

/** The documents that the consumer creates from TiCDC's messages. */
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

/** The index to which Filebeat sends a document, named as by `dailyIndex`. */
function indexOf(document: EventDocument): string {
  return `${eventsAlias}-${document['@timestamp'].slice(0, 10).replaceAll('-', '.')}`;
}

const daily = { at: '02:30', keep: '14d', paused: false };

interface BulkAnswer {
  readonly items: readonly { readonly create: { readonly status: number } }[];
}

describe.skipIf(jdk === undefined)('Elasticsearch in the version that compose and Kubernetes run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-elasticsearch-'));
  const documents = ticdcDocuments();
  let server: ReleasedElasticsearch;

  beforeAll(async () => {
    if (jdk === undefined) return;
    const say = (line: string) => console.log(`elasticsearch: ${line}`);
    server = await startReleasedElasticsearch({ jdk, folder, roles: { [installer]: templatesRole }, say });
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the job with a file of templates; returns its exit code and output. */
  function runInstall(templates: string, username = 'elastic', more: Readonly<Record<string, string>> = {}) {
    return runToEnd('jobs/src/install-index-template.ts', {
      env: {
        ELASTICSEARCH_URL: new URL(server.url('elastic')).origin,
        ELASTICSEARCH_USERNAME: username,
        ELASTICSEARCH_PASSWORD: passwordOf(username),
        INDEX_TEMPLATE_FILE: templates,
        WAIT_TIMEOUT_SECONDS: '15',
        ...more,
      },
    });
  }

  async function install(templates: string): Promise<string> {
    const { code, output } = await runInstall(templates);
    expect(code, output).toBe(0);
    return output;
  }

  /** A profile's index templates, without retention: this build has no lifecycles. */
  function templatesOf(name: string): IndexTemplates {
    const { elasticsearch } = parseProfile(profileText(name), name);
    if ('external' in elasticsearch) throw new Error(`the Elasticsearch of ${name} is external`);
    return indexTemplates({ replicas: elasticsearch.indexReplicas });
  }

  test.each([
    ['compose', () => ({ ...indexTemplates(), writer })],
    ['production', () => templatesOf('production')],
    ['kind', () => templatesOf('kind')],
  ])('takes the index templates of %s, and has them unchanged the second time', async (target, templates) => {
    const file = join(folder, `${target}.json`);
    writeFileSync(file, JSON.stringify(await templates()));
    expect(await install(file)).toMatch(/created|updated/);
    const again = await install(file);
    expect(again).toContain('unchanged');
    expect(again).not.toMatch(/created|updated/);
  });

  test('a user that may not write is named, before a document is refused for it', async () => {
    const file = join(folder, 'no-rights.json');
    const powerless = { ...writer, username: monitor.username };
    writeFileSync(file, JSON.stringify({ ...indexTemplates(), writer: powerless }));
    const { code, output } = await runInstall(file);
    expect(code).toBe(1);
    expect(output).toContain('the role of monitor does not grant');
    expect(output).toContain('create_doc on cdc-events-*');
  });

  test('a user with the documented rights installs them in an Elasticsearch that is not ours', async () => {
    const file = join(folder, 'external.json');
    const login = {
      ELASTICSEARCH_WRITER_USERNAME: shipper.username,
      ELASTICSEARCH_WRITER_PASSWORD: passwordOf(shipper.username),
    };
    for (const replicas of [1, 0]) {
      const { indices } = writer;
      writeFileSync(file, JSON.stringify({ ...indexTemplates({ replicas }), writer: { indices } }));
      const { code, output } = await runInstall(file, installer, login);
      expect(code, output).toBe(0);
      expect(output).toContain('updated');
    }
  });

  test('a role without any right to write has the whole request refused, which Filebeat sends again', async () => {
    const { status } = await fetchAnswer(`${server.url(monitor.username)}/_bulk`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `{"create":{"_index":"${indexOf(documents[0] as EventDocument)}"}}\n{}\n`,
    });
    expect(status).toBe(403);
  });

  /** Sends documents as Filebeat does, and returns the status of each. */
  async function add(sent: readonly EventDocument[], index = indexOf): Promise<readonly number[]> {
    const lines = sent.flatMap((document) => [
      { create: { _index: index(document), _id: document.event.id } },
      document,
    ]);
    const answer = await fetchText(`${server.url(shipper.username)}/_bulk`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });
    return (JSON.parse(answer) as BulkAnswer).items.map(({ create }) => create.status);
  }

  test('Filebeat’s user adds rows that TiCDC sent; a second time each is there already', async () => {
    expect(documents.length).toBeGreaterThan(20);
    expect(await add(documents)).toEqual(documents.map(() => 201));
    expect(await add(documents)).toEqual(documents.map(() => 409));
  });

  test('Grafana’s user finds them, by table and by the value of a column', async () => {
    await eventIndex(server.url('elastic'), eventsAlias).refresh();
    const index = eventIndex(server.url(dashboards.username), eventsAlias);
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

  test('Filebeat’s user puts aside what was refused', async () => {
    const one = documents.slice(0, 1);
    expect(await add(one, () => rejectedIndex)).toEqual([201]);
    expect(await add(one, () => rejectedIndex)).toEqual([409]);
  });

  test('the console’s user finds the events and what was refused, and writes nothing', async () => {
    await eventIndex(server.url('elastic'), `${eventsAlias},${rejectedIndex}`).refresh();
    const { origin: url } = new URL(server.url(page.username));
    const part = { url, login: { username: page.username, password: passwordOf(page.username) } };
    const { cdc } = documents[0] as EventDocument;
    const table = `${cdc.schema}.${cdc.table}`;
    const ofTable = documents.filter((other) => other.cdc.table === cdc.table && other.cdc.schema === cdc.schema);
    const text = Object.values(cdc.primary_key)[0] ?? '';
    expect(await findEvents(part, { table })).toMatchObject({ total: ofTable.length });
    expect((await findEvents(part, { table, text })).total).toBeGreaterThan(0);
    expect(await findTables(part)).toContain(table);
    expect(await countDocuments(part)).toBe(documents.length);
    expect(await findRejected(part)).toMatchObject({ total: 1, documents: [{ document: expect.any(String) }] });
    for (const name of [eventsAlias, rejectedIndex, indexOf(documents[0] as EventDocument)]) {
      const headers = { 'content-type': 'application/json' };
      const written = await fetchAnswer(`${server.url(page.username)}/${name}/_doc`, {
        method: 'POST',
        headers,
        body: '{}',
      });
      expect(written.status, name).toBe(403);
    }
  });

  test('nothing but the templates’ indices comes to be by a first document', async () => {
    for (const name of ['cdc-event-2026.11.25', 'other']) {
      const { status, text } = await fetchAnswer(`${server.url('elastic')}/${name}/_doc`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(status, text).toBe(404);
    }
  });

  test('nobody else reads or writes', async () => {
    const search = `/${eventsAlias}/_search`;
    const statusOf = async (url: string) => (await fetchAnswer(url)).status;
    expect(await statusOf(`${new URL(server.url('elastic')).origin}${search}`)).toBe(401);
    expect(await statusOf(`${server.url(monitor.username)}${search}`)).toBe(403);
    expect(await statusOf(`${server.url(shipper.username)}${search}`)).toBe(403);
    expect(await statusOf(`${server.url(monitor.username)}/_cluster/health`)).toBe(200);
    const headers = { 'content-type': 'application/json' };
    const write = await fetchAnswer(`${server.url(dashboards.username)}/${eventsAlias}/_doc`, {
      method: 'POST',
      headers,
      body: JSON.stringify(documents[0]),
    });
    expect(write.status).toBe(403);
    expect(await statusOf(`${server.url(dashboards.username)}/${rejectedIndex}/_search`)).toBe(403);
  });

  test('a change of another day has another index, and a replay on any later day finds it there', async () => {
    const days = ['2026-11-23', '2026-11-24', '2026-11-25'];
    const [document] = documents as [EventDocument, ...EventDocument[]];
    const changes = days.map((day) => ({
      ...document,
      '@timestamp': `${day}T23:59:59.999Z`,
      event: { ...document.event, id: `change of ${day}` },
    }));
    for (const [day, change] of changes.entries()) {
      expect(await add([change])).toEqual([201]);
      expect(await add(changes.slice(0, day + 1))).toEqual(changes.slice(0, day + 1).map(() => 409));
    }
    const indices = await fetchText(`${server.url('elastic')}/_cat/indices/${eventsAlias}?h=index,docs.count&s=index`);
    expect(indices.match(/\S+/g)).toEqual(expect.arrayContaining(changes.map(indexOf)));
    const rollover = await fetchAnswer(`${server.url('elastic')}/${eventsAlias}/_rollover`, { method: 'POST' });
    expect(rollover.status, 'nothing can be rolled over by mistake').toBe(400);
    expect(await add(changes)).toEqual([409, 409, 409]);
  });

  test('a snapshot as a profile asks for it brings lost documents back, each once, under the alias', async () => {
    const { policy } = snapshots({ s3: { provider: 'aws', bucket: 'b', prefix: 'p', region: 'r' }, ...daily });
    const elastic = server.url('elastic');
    const snapshot = `${elastic}/_snapshot/original/drill`;
    const count = () => eventIndex(elastic, eventsAlias).count({ match_all: {} });
    // A folder in the place of the bucket: this build has no module for S3.
    await send('PUT', `${elastic}/_snapshot/original`, { type: 'fs', settings: { location: 'drill' } });
    await send('PUT', `${snapshot}?wait_for_completion=true`, policy.body.config as object);
    await eventIndex(elastic, eventsAlias).refresh();
    const before = await count();
    expect(before).toBeGreaterThan(documents.length);
    const indices = Object.keys(JSON.parse(await fetchText(`${elastic}/${eventsAlias}`)) as object);
    for (const index of indices) await fetchText(`${elastic}/${index}`, { method: 'DELETE' });

    await send('POST', `${snapshot}/_restore?wait_for_completion=true`, { indices: `${eventsAlias}-*` });
    expect(await count()).toBe(before);
    expect(await add(documents)).toEqual(documents.map(() => 409));
  });

  function send(method: 'PUT' | 'POST', url: string, body: object): Promise<string> {
    return fetchText(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  test('wrong commit times make no indices without end: beyond the bound a day is refused, the others go on', async () => {
    const settings = `${server.url('elastic')}/_cluster/settings`;
    const inForce = await fetchText(`${settings}?include_defaults=true&flat_settings=true`);
    expect(inForce).toContain(`"cluster.max_shards_per_node":"${maxShardsPerNode}"`);
    // The same limit, but lower, so that it is reached sooner.
    const health = JSON.parse(await fetchText(`${server.url('elastic')}/_cluster/health`)) as { active_shards: number };
    await fetchText(settings, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ persistent: { 'cluster.max_shards_per_node': health.active_shards + 1 } }),
    });
    const [document] = documents as [EventDocument, ...EventDocument[]];
    const wrong = ['2099-01-01', '2099-01-02'].map((day) => ({ ...document, '@timestamp': `${day}T00:00:00.000Z` }));
    expect(await add([...wrong, document])).toEqual([201, 400, 409]);
  });
});

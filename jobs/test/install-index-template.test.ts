import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tidb-cdc/runtime/log';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type InstallIndexTemplateSettings, installIndexTemplate } from '../src/install-index-template.ts';

const log = createLogger({ level: 'silent', dataset: 'cdc.jobs' });
const body = {
  index_patterns: ['cdc-events-*'],
  template: { settings: { number_of_shards: 1 }, aliases: { 'cdc-events': {} } },
};
const templates = [{ name: 'cdc-events', body }];
const lifecycle = { policy: { phases: { delete: { min_age: '8d', actions: { delete: {} } } } } };
const resolveAlias = 'GET /_resolve/index/cdc-events';

/** Answers as Elasticsearch does: health, names, one index template and one lifecycle, stored in its own form. */
interface TemplateServer {
  readonly url: string;
  readonly requests: string[];
  readonly authorizations: (string | undefined)[];
  stored: object | undefined;
  storedLifecycle: object | undefined;
  /** Snapshot repository and policy by path. */
  snapshots: Map<string, object>;
  /** What has the alias's name, as `_resolve/index` answers. */
  names: object | undefined;
  /** Answers about the writer's rights; the last one is repeated. */
  rights: object[];
  /** The user that each request ran as (`es-security-runas-user`). */
  askedAs: unknown[];
  healthAnswers: { status: number; body: string }[];
  refusal: object | undefined;
}

let folder: string;
let file: string;
let server: Server;
let elasticsearch: TemplateServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'index-template-'));
  file = join(folder, 'template.json');
  await writeFile(file, JSON.stringify({ templates }));
  server = createServer(async (request, response) => {
    elasticsearch.requests.push(`${request.method} ${request.url}`);
    elasticsearch.authorizations.push(request.headers.authorization);
    const answer = await respond(request);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  elasticsearch = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    authorizations: [],
    stored: undefined,
    storedLifecycle: undefined,
    snapshots: new Map(),
    names: undefined,
    rights: [],
    askedAs: [],
    healthAnswers: [],
    refusal: undefined,
  };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function respond(request: IncomingMessage): Promise<{ status: number; body: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.url === '/_cluster/health') {
    return elasticsearch.healthAnswers.shift() ?? { status: 200, body: '{"status":"green"}' };
  }
  if (request.url === '/_resolve/index/cdc-events') {
    if (elasticsearch.names !== undefined) return { status: 200, body: JSON.stringify(elasticsearch.names) };
    return { status: 404, body: '{"error":{"reason":"no such index [cdc-events]"}}' };
  }
  if (request.url === '/_ilm/policy/cdc-events') {
    if (request.method === 'PUT') elasticsearch.storedLifecycle = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (elasticsearch.storedLifecycle === undefined) return { status: 404, body: '{}' };
    return { status: 200, body: JSON.stringify({ 'cdc-events': { version: 1, ...elasticsearch.storedLifecycle } }) };
  }
  if (request.url === '/_snapshot/cdc-events' || request.url === '/_slm/policy/cdc-events') {
    const text = Buffer.concat(chunks).toString('utf8');
    if (request.method === 'PUT') elasticsearch.snapshots.set(request.url, JSON.parse(text) as object);
    const stored = elasticsearch.snapshots.get(request.url);
    if (stored === undefined) return { status: 404, body: '{}' };
    const answer = request.url.startsWith('/_slm') ? { version: 1, policy: stored } : stored;
    return { status: 200, body: JSON.stringify({ 'cdc-events': answer }) };
  }
  if (request.url === '/_security/user/_has_privileges') {
    elasticsearch.askedAs.push(request.headers['es-security-runas-user']);
    const [rights] = elasticsearch.rights.length > 1 ? elasticsearch.rights.splice(0, 1) : elasticsearch.rights;
    return { status: 200, body: JSON.stringify(rights) };
  }
  if (request.method === 'PUT') {
    if (elasticsearch.refusal !== undefined) return { status: 400, body: JSON.stringify(elasticsearch.refusal) };
    elasticsearch.stored = JSON.parse(Buffer.concat(chunks).toString('utf8')) as object;
    return { status: 200, body: '{"acknowledged":true}' };
  }
  if (elasticsearch.stored === undefined) return { status: 404, body: '{"error":{"reason":"not found"}}' };
  const index_template = { ...elasticsearch.stored, composed_of: [] };
  return { status: 200, body: JSON.stringify({ index_templates: [{ name: 'cdc-events', index_template }] }) };
}

function install(more: Partial<InstallIndexTemplateSettings> = {}) {
  const settings = { WAIT_TIMEOUT_SECONDS: 20, ELASTICSEARCH_URL: elasticsearch.url, INDEX_TEMPLATE_FILE: file };
  return installIndexTemplate({ ...settings, ...more }, log);
}

describe('installIndexTemplate', () => {
  test('creates the template, and writes nothing the second time', async () => {
    expect(await install()).toMatchObject([{ what: 'index template cdc-events', outcome: 'created' }]);
    expect(elasticsearch.stored).toEqual(body);
    elasticsearch.requests.length = 0;
    expect(await install()).toMatchObject([{ outcome: 'unchanged' }]);
    expect(elasticsearch.requests).toEqual(['GET /_cluster/health', resolveAlias, 'GET /_index_template/cdc-events']);
  });

  test('updates a template that differs and says where', async () => {
    elasticsearch.stored = { ...body, template: { ...body.template, settings: { index: { number_of_shards: '3' } } } };
    expect(await install()).toMatchObject([
      { outcome: 'updated', differences: ['template.settings.index.number_of_shards'] },
    ]);
    expect(elasticsearch.stored).toEqual(body);
  });

  test('waits until the cluster has a master', async () => {
    const noMaster = '{"error":{"reason":"master_not_discovered_exception"}}';
    elasticsearch.healthAnswers = [{ status: 503, body: noMaster }];
    expect(await install()).toMatchObject([{ outcome: 'created' }]);
    expect(elasticsearch.requests.slice(0, 2)).toEqual(['GET /_cluster/health', 'GET /_cluster/health']);
  });

  test('puts the lifecycle before the template that names it, and writes it again only where it differs', async () => {
    await writeFile(file, JSON.stringify({ lifecycles: [{ name: 'cdc-events', body: lifecycle }], templates }));
    await install();
    expect(elasticsearch.requests.filter((request) => request.startsWith('PUT'))).toEqual([
      'PUT /_ilm/policy/cdc-events',
      'PUT /_index_template/cdc-events',
    ]);
    expect(elasticsearch.storedLifecycle).toEqual(lifecycle);
    const filledIn = { delete: { delete_searchable_snapshot: true } };
    elasticsearch.storedLifecycle = { policy: { phases: { delete: { min_age: '8d', actions: filledIn } } } };
    expect(await install()).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'unchanged' }]);
    elasticsearch.storedLifecycle = { policy: { phases: { delete: { min_age: '31d', actions: filledIn } } } };
    expect(await install()).toMatchObject([
      { what: 'lifecycle cdc-events', outcome: 'updated', differences: ['policy.phases.delete.min_age'] },
      { outcome: 'unchanged' },
    ]);
  });

  test('puts the repository before the policy that writes to it, and each again only where it differs', async () => {
    const repository = { name: 'cdc-events', body: { type: 's3', settings: { bucket: 'one' } } };
    const policy = { name: 'cdc-events', body: { repository: 'cdc-events', retention: { min_count: 1 } } };
    await writeFile(file, JSON.stringify({ templates, snapshots: { repository, policy } }));
    await install();
    expect(elasticsearch.requests.filter((request) => request.startsWith('PUT')).slice(1)).toEqual([
      'PUT /_snapshot/cdc-events',
      'PUT /_slm/policy/cdc-events',
    ]);
    const stored = { ...policy.body, retention: { min_count: 7 } };
    elasticsearch.snapshots.set('/_slm/policy/cdc-events', stored);
    expect(await install()).toMatchObject([
      { outcome: 'unchanged' },
      { what: 'snapshot repository cdc-events', outcome: 'unchanged' },
      { what: 'snapshot policy cdc-events', outcome: 'updated', differences: ['retention.min_count'] },
    ]);
    expect(elasticsearch.snapshots.get('/_slm/policy/cdc-events')).toEqual(policy.body);
  });

  test.each([
    ['a data stream', { data_streams: [{ name: 'cdc-events' }] }, 'DELETE /_data_stream/cdc-events'],
    ['an index', { indices: [{ name: 'cdc-events' }] }, 'DELETE /cdc-events'],
  ])('refuses %s where the alias is to be, with the remedy, and writes nothing', async (kind, names, remedy) => {
    elasticsearch.names = names;
    await expect(install()).rejects.toThrow(
      `cannot create the alias cdc-events: Elasticsearch has ${kind} of that name. Remedy: delete it (${remedy})`,
    );
    expect(elasticsearch.requests.filter((request) => request.startsWith('PUT'))).toEqual([]);
  });

  test('takes an alias that is there already', async () => {
    elasticsearch.names = { indices: [], aliases: [{ name: 'cdc-events', indices: ['cdc-events-2026.11.25'] }] };
    expect(await install()).toMatchObject([{ outcome: 'created' }]);
  });

  test('waits for the rights of who is going to write, and says which are missing', async () => {
    const writer = { username: 'filebeat', indices: [{ names: ['cdc-events-*'], privileges: ['create_doc'] }] };
    await writeFile(file, JSON.stringify({ templates, writer }));
    const missing = { has_all_requested: false, index: { 'cdc-events-*': { create_doc: false } } };
    elasticsearch.rights = [missing, { has_all_requested: true, index: { 'cdc-events-*': { create_doc: true } } }];
    expect(await install()).toMatchObject([{ outcome: 'created' }]);
    elasticsearch.rights = [missing];
    await expect(install({ WAIT_TIMEOUT_SECONDS: 1 })).rejects.toThrow(
      /the rights of Elasticsearch's user filebeat after 1 s: .*role of filebeat does not grant create_doc on cdc-events-\*/,
    );
    expect(new Set(elasticsearch.askedAs)).toEqual(new Set(['filebeat']));
  });

  test("asks for the writer's rights with its own login, where that is set", async () => {
    const writer = { indices: [{ names: ['cdc-events-*'], privileges: ['create_doc'] }] };
    await writeFile(file, JSON.stringify({ templates, writer }));
    elasticsearch.rights = [{ has_all_requested: true, index: {} }];
    const login = { ELASTICSEARCH_WRITER_USERNAME: 'shipper', ELASTICSEARCH_WRITER_PASSWORD: 'pass' };
    await install({ ELASTICSEARCH_USERNAME: 'installer', ELASTICSEARCH_PASSWORD: 'word', ...login });
    expect(elasticsearch.askedAs).toEqual([undefined]);
    expect(elasticsearch.authorizations.at(-1)).toBe(`Basic ${Buffer.from('shipper:pass').toString('base64')}`);
    await expect(install()).rejects.toThrow('ELASTICSEARCH_WRITER_USERNAME is not set');
  });

  test("fails with the server's reasons, down to the cause", async () => {
    const caused_by = { reason: 'No handler for type [nope]' };
    elasticsearch.refusal = { error: { reason: 'template after composition is invalid', caused_by } };
    await expect(install()).rejects.toThrow(
      'Elasticsearch answered PUT /_index_template/cdc-events with 400: template after composition is invalid: No handler for type [nope]',
    );
  });

  test('sends the credentials', async () => {
    await install({ ELASTICSEARCH_USERNAME: 'elastic', ELASTICSEARCH_PASSWORD: 'pa:ss' });
    const basic = `Basic ${Buffer.from('elastic:pa:ss').toString('base64')}`;
    expect(new Set(elasticsearch.authorizations)).toEqual(new Set([basic]));
  });

  test('names the file and the member of a malformed template', async () => {
    await writeFile(file, '{"templates": [{"name": "cdc-events", "body": {"index_patterns": []}}]}');
    await expect(install()).rejects.toThrow(`INDEX_TEMPLATE_FILE=${file}: templates[0].body.index_patterns=[]:`);
    await writeFile(file, '{"name": ');
    await expect(install()).rejects.toThrow(`INDEX_TEMPLATE_FILE=${file}: is not JSON`);
    expect(elasticsearch.requests).toEqual([]);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tidb-cdc/runtime/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installIndexTemplate } from '../src/install-index-template.ts';

const log = createLogger({ level: 'silent', dataset: 'cdc.jobs' });
const body = { index_patterns: ['cdc-events'], template: { settings: { number_of_shards: 1 } } };

/** Answers as Elasticsearch does: health, and one index template that it stores in its own form. */
interface TemplateServer {
  readonly url: string;
  readonly requests: string[];
  readonly authorizations: (string | undefined)[];
  stored: object | undefined;
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
  await writeFile(file, JSON.stringify({ name: 'cdc-events', body }));
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
  if (request.method === 'PUT') {
    if (elasticsearch.refusal !== undefined) return { status: 400, body: JSON.stringify(elasticsearch.refusal) };
    elasticsearch.stored = JSON.parse(Buffer.concat(chunks).toString('utf8')) as object;
    return { status: 200, body: '{"acknowledged":true}' };
  }
  if (elasticsearch.stored === undefined) return { status: 404, body: '{"error":{"reason":"not found"}}' };
  const index_template = { ...elasticsearch.stored, composed_of: [] };
  return { status: 200, body: JSON.stringify({ index_templates: [{ name: 'cdc-events', index_template }] }) };
}

function install(more: { ELASTICSEARCH_USERNAME?: string; ELASTICSEARCH_PASSWORD?: string } = {}) {
  const settings = { WAIT_TIMEOUT_SECONDS: 20, ELASTICSEARCH_URL: elasticsearch.url, INDEX_TEMPLATE_FILE: file };
  return installIndexTemplate({ ...settings, ...more }, log);
}

describe('installIndexTemplate', () => {
  it('creates the template, and writes nothing the second time', async () => {
    expect((await install()).outcome).toBe('created');
    expect(elasticsearch.stored).toEqual(body);
    elasticsearch.requests.length = 0;
    expect((await install()).outcome).toBe('unchanged');
    expect(elasticsearch.requests).toEqual(['GET /_cluster/health', 'GET /_index_template/cdc-events']);
  });

  it('updates a template that differs and says where', async () => {
    elasticsearch.stored = { ...body, template: { settings: { index: { number_of_shards: '3' } } } };
    expect(await install()).toEqual({ outcome: 'updated', differences: ['template.settings.index.number_of_shards'] });
    expect(elasticsearch.stored).toEqual(body);
  });

  it('waits until the cluster has a master', async () => {
    const noMaster = '{"error":{"reason":"master_not_discovered_exception"}}';
    elasticsearch.healthAnswers = [{ status: 503, body: noMaster }];
    expect((await install()).outcome).toBe('created');
    expect(elasticsearch.requests.slice(0, 2)).toEqual(['GET /_cluster/health', 'GET /_cluster/health']);
  });

  it("fails with the server's reasons, down to the cause", async () => {
    const caused_by = { reason: 'No handler for type [nope]' };
    elasticsearch.refusal = { error: { reason: 'template after composition is invalid', caused_by } };
    await expect(install()).rejects.toThrow(
      'Elasticsearch answered PUT /_index_template/cdc-events with 400: template after composition is invalid: No handler for type [nope]',
    );
  });

  it('sends the credentials', async () => {
    await install({ ELASTICSEARCH_USERNAME: 'elastic', ELASTICSEARCH_PASSWORD: 'pa:ss' });
    const basic = `Basic ${Buffer.from('elastic:pa:ss').toString('base64')}`;
    expect(new Set(elasticsearch.authorizations)).toEqual(new Set([basic]));
  });

  it('names the file and the member of a malformed template', async () => {
    await writeFile(file, '{"name": "cdc-events", "body": {"index_patterns": []}}');
    await expect(install()).rejects.toThrow(`INDEX_TEMPLATE_FILE=${file}: body.index_patterns=[]:`);
    await writeFile(file, '{"name": ');
    await expect(install()).rejects.toThrow(`INDEX_TEMPLATE_FILE=${file}: is not JSON`);
    expect(elasticsearch.requests).toEqual([]);
  });
});

import type { SystemState } from '@tidb-cdc/runtime/system-state';
import { afterAll, beforeAll, beforeEach, describe, expect, it as test } from 'vitest';
import { supervisedSystem } from '../src/supervised-system.ts';
import {
  appPassword,
  downSystem,
  openConsole,
  send,
  serve,
  type TestConsole,
  type WebServer,
} from './console-fixture.ts';

let console: TestConsole;
let state: SystemState;
let initial: SystemState;

beforeAll(async () => {
  initial = state = await downSystem();
  console = await openConsole(supervisedSystem(() => state));
});

afterAll(() => console.close());

beforeEach(() => {
  state = initial;
});

const get = async (path: string) => {
  const { status, text } = await send(`${console.url}${path}`);
  return { status, body: JSON.parse(text) };
};
const post = async (path: string, body: string) => {
  const headers = { 'content-type': 'application/json' };
  const { status, text } = await send(`${console.url}${path}`, { method: 'POST', headers, body });
  return { status, body: JSON.parse(text) };
};

describe('the page', () => {
  test('is bundled and asks for nothing from elsewhere', async () => {
    const index = await send(console.url);
    expect(index.headers['content-type']).toBe('text/html; charset=utf-8');
    const references = [...index.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(references.sort()).toEqual(['/app.css', '/app.js', '/favicon.svg']);
    for (const path of references) {
      const { status, text } = await send(`${console.url}${path}`);
      expect(status).toBe(200);
      expect(text).not.toMatch(/@import|url\(["']?https?:/);
    }
  });

  test('is asked for again only when it has changed', async () => {
    const { headers } = await send(`${console.url}/app.js`);
    expect(headers['cache-control']).toBe('no-cache');
    const again = await send(`${console.url}/app.js`, { headers: { 'if-none-match': String(headers.etag) } });
    expect(again).toMatchObject({ status: 304, text: '' });
  });
});

describe('with everything down', () => {
  test('/healthz answers: it is the console that is asked', async () => {
    expect(await get('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
  });

  test('/api/state answers with the parts and without figures', async () => {
    const { status, body } = await get('/api/state');
    expect(status).toBe(200);
    expect(body).toMatchObject({ consumer: null, documents: null, sql: { appUser: 'shop_app' } });
    expect(body.parts.map(({ name }: { name: string }) => name)).toEqual(state.parts.map(({ name }) => name));
    expect(body.parts[0].address).toBe(`127.0.0.1:${state.endpoints.sql.port}`);
  });

  test.each([
    ['/api/events', 'Elasticsearch'],
    ['/api/tables', 'Elasticsearch'],
    ['/api/rejected', 'Elasticsearch'],
    ['/api/dead-letters', 'Kafka'],
    ['/api/operations', 'Prometheus'],
  ])('%s says that %s does not answer, and where its log is', async (path, part) => {
    const { status, body } = await get(path);
    expect(status).toBe(503);
    expect(body).toEqual({
      error: `${part} does not answer.`,
      remedy: expect.stringContaining(`/logs/${part.toLowerCase()}.log`),
    });
  });

  test('/api/operations says what is awaited while Prometheus is being built', async () => {
    state = withPart(state, 'prometheus', { state: 'fetching', detail: 'go build, 95 s so far' });
    expect(await get('/api/operations')).toEqual({
      status: 503,
      body: { error: 'Prometheus is being fetched or built: go build, 95 s so far.' },
    });
  });

  test.each(['insert', 'update', 'delete'])('/api/demo/%s says that the database does not answer', async (action) => {
    const { status, body } = await post(`/api/demo/${action}`, '{}');
    expect(status).toBe(503);
    expect(body.error).toBe('The database does not answer (ECONNREFUSED).');
  });

  test('no answer holds a stack, a password or a fault of the console', async () => {
    const answers = await Promise.all([
      get('/api/state'),
      get('/api/events'),
      get('/api/operations'),
      get('/api/dead-letters'),
      post('/api/dead-letters/replay', '{"partition":0,"offset":"1"}'),
      post('/api/sql', '{"sql":"SELECT 1"}'),
    ]);
    expect(JSON.stringify(answers)).not.toMatch(new RegExp(`${appPassword}|node_modules|    at `));
    expect(console.faults).toEqual([]);
  });
});

describe('what is wrong in a request', () => {
  test.each(['', '{', '[]', 'null', '"SELECT 1"', '{}', '{"sql":1}', '{"sql":"  "}'])(
    '%s is no statement',
    async (body) => {
      const answer = await post('/api/sql', body);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toEqual(expect.any(String));
    },
  );

  test.each([
    'null',
    '{}',
    '{"partition":"0","offset":"1"}',
    '{"partition":0,"offset":"-1"}',
    '{"partition":0.5,"offset":"1"}',
  ])('%s is no place of a dead letter', async (body) => {
    const answer = await post('/api/dead-letters/replay', body);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining('"partition"') } });
  });

  test('a statement has a bound', async () => {
    const { status } = await post('/api/sql', JSON.stringify({ sql: `SELECT '${'x'.repeat(300_000)}'` }));
    expect(status).toBe(413);
  });

  test('a filter is checked', async () => {
    const { status, body } = await get('/api/events?operation=drop');
    expect(status).toBe(400);
    expect(body.error).toMatch(/'operation' \(drop\)/);
  });

  test('what is not there is 404, in JSON too', async () => {
    expect(await get('/api/nothing?a=b')).toEqual({ status: 404, body: { error: 'There is no GET /api/nothing.' } });
  });
});

describe.each([
  ['an error', 500, '<html>broken</html>', 503],
  ['another program on its port', 200, '<html>hello</html>', 503],
  ['an answer that breaks off', 200, '{"hits":{', 503],
  ['a refusal', 400, '{"error":"no such function"}', 502],
])('%s from a part', (_, status, body, expected) => {
  let part: WebServer;
  let asking: TestConsole;

  beforeAll(async () => {
    part = await serve((_request, response) => response.writeHead(status).end(body));
    const asked = await downSystem({ elasticsearch: part.url, prometheus: part.url });
    asking = await openConsole(supervisedSystem(() => asked));
  });

  afterAll(async () => {
    await asking.close();
    await part.close();
  });

  test(`is answered with ${expected}, and is no fault of the console`, async () => {
    const paths = ['/api/events', '/api/tables', '/api/operations', '/api/rejected'];
    const answers = await Promise.all(paths.map((path) => send(`${asking.url}${path}`)));
    expect(answers.map(({ status: answered }) => answered)).toEqual(paths.map(() => expected));
    expect(asking.faults).toEqual([]);
  });
});

test('a read-only console changes nothing, and says which setting would allow it', async () => {
  const { sql: _, ...readable } = supervisedSystem(() => initial);
  const reading = await openConsole({ ...readable, canReplay: false });
  try {
    const headers = { 'content-type': 'application/json' };
    const bodies = {
      '/api/sql': '{"sql":"SELECT 1"}',
      '/api/demo/insert': '{}',
      '/api/dead-letters/replay': '{"partition":0,"offset":"1"}',
    };
    for (const [path, body] of Object.entries(bodies)) {
      const { status, text } = await send(`${reading.url}${path}`, { method: 'POST', headers, body });
      expect(status, path).toBe(403);
      expect(JSON.parse(text), path).toMatchObject({ remedy: expect.stringContaining('CONSOLE_WRITE=true') });
    }
    expect(JSON.parse((await send(`${reading.url}/api/state`)).text)).toMatchObject({ sql: null });
  } finally {
    await reading.close();
  }
});

function withPart(system: SystemState, name: string, change: object): SystemState {
  return { ...system, parts: system.parts.map((part) => (part.name === name ? { ...part, ...change } : part)) };
}

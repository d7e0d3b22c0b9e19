import type { SystemState } from '@tidb-cdc/runtime/system-state';
import { afterAll, beforeAll, describe, expect, it as test } from 'vitest';
import { requireGuard } from '../src/security.ts';
import { supervisedSystem } from '../src/supervised-system.ts';
import { downSystem, openConsole, send, type TestConsole } from './console-fixture.ts';

let console: TestConsole;
let port: string;
let system: SystemState;

beforeAll(async () => {
  system = await downSystem();
  console = await openConsole(supervisedSystem(() => system));
  port = new URL(console.url).port;
});

afterAll(() => console.close());

const json = { 'content-type': 'application/json' };
/** Sends a statement. One that passes every check reaches the database, which is down. */
const post = (headers: Record<string, string>, body = '{"sql":"SELECT 1"}') =>
  send(`${console.url}/api/sql`, { method: 'POST', headers, body });
const reached = 503;

describe('the Host header', () => {
  test.each(['127.0.0.1:PORT', 'localhost:PORT', '[::1]:PORT', 'LOCALHOST:PORT', '127.0.0.1', 'localhost:1'])(
    'may be %s: the port that a browser sees may be another',
    async (host) => {
      const { status } = await send(console.url, { headers: { host: host.replace('PORT', port) } });
      expect(status).toBe(200);
    },
  );

  test.each(['evil.example:PORT', 'localhost.evil.example:PORT', '192.168.0.1:PORT', 'evil.example', '127.0.0.1:x'])(
    'must not be "%s"',
    async (host) => {
      const headers = { host: host.replace('PORT', port) };
      for (const path of ['/', '/api/state', '/nothing']) {
        const { status, text } = await send(`${console.url}${path}`, { headers });
        expect(status).toBe(403);
        expect(JSON.parse(text)).toMatchObject({ remedy: expect.stringContaining('HTTP_NAMES') });
      }
    },
  );

  test('may be a name that the settings have', async () => {
    const named = await openConsole(
      supervisedSystem(() => system),
      { names: ['Console.example'] },
    );
    const { status } = await send(named.url, { headers: { host: 'console.example' } });
    await named.close();
    expect(status).toBe(200);
  });

  test('is anything for who asks whether the console runs', async () => {
    expect((await send(`${console.url}/healthz`, { headers: { host: '10.0.0.7:8080' } })).status).toBe(200);
  });
});

describe('a login', () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  let guarded: TestConsole;

  beforeAll(async () => {
    guarded = await openConsole(
      supervisedSystem(() => system),
      { login: { username: 'admin', password: 'pässword' } },
    );
  });

  afterAll(() => guarded.close());

  test('lets in who has it', async () => {
    for (const path of ['/', '/app.js', '/api/state']) {
      expect((await send(`${guarded.url}${path}`, { headers: basic('admin:pässword') })).status).toBe(200);
    }
  });

  test.each([
    ['nothing', {}],
    ['another password', basic('admin:password')],
    ['another user', basic('root:pässword')],
    ['a part of it', basic('admin:pässwor')],
    ['another scheme', { authorization: 'Bearer admin:pässword' }],
  ])('keeps out who has %s, and the browser asks', async (_, headers) => {
    for (const path of ['/', '/app.js', '/api/state', '/nothing']) {
      const answer = await send(`${guarded.url}${path}`, { headers });
      expect(answer.status, path).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
    }
  });

  test('is no way around the origin', async () => {
    const headers = { ...json, ...basic('admin:pässword'), origin: 'https://evil.example' };
    const sent = { method: 'POST', headers, body: '{"sql":"SELECT 1"}' };
    expect((await send(`${guarded.url}/api/sql`, sent)).status).toBe(403);
  });

  test('is not wanted from who asks whether the console runs', async () => {
    expect((await send(`${guarded.url}/healthz`)).status).toBe(200);
  });
});

describe('the origin of a POST', () => {
  test('may be absent where there is no browser', async () => {
    expect((await post(json)).status).toBe(reached);
  });

  test('may be our own page', async () => {
    const own = { origin: console.url, 'sec-fetch-site': 'same-origin' };
    expect((await post({ ...json, ...own })).status).toBe(reached);
  });

  test('may be our own page behind TLS that ends before us', async () => {
    const own = { origin: console.url.replace('http:', 'https:'), 'sec-fetch-site': 'same-origin' };
    expect((await post({ ...json, ...own })).status).toBe(reached);
  });

  test.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site, in a browser that tells no site', { origin: 'https://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['an origin that is hidden', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a browser that hides the origin', { 'sec-fetch-site': 'cross-site' }],
    ['a browser without an origin', { 'sec-fetch-site': 'none' }],
    ['a site that contradicts the origin', { origin: 'OWN', 'sec-fetch-site': 'cross-site' }],
  ])('must not be %s', async (_, headers) => {
    const { status, text } = await post({ ...json, ...own(headers) });
    expect(status).toBe(403);
    expect(JSON.parse(text).error).toMatch(/only from its own page/);
  });

  test.each(['/%61pi/sql', '/api/%73ql', '/%61%70%69/demo/insert', '/api/sql?x', '/api/sql#x'])(
    'is asked for however %s spells the route',
    async (path) => {
      const headers = { ...json, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      const { status } = await send(`${console.url}${path}`, { method: 'POST', headers, body: '{"sql":"SELECT 1"}' });
      expect(status).toBe(403);
    },
  );

  test('must be the host that was asked', async () => {
    expect((await post({ ...json, origin: `http://localhost:${port}` })).status).toBe(403);
  });

  function own(headers: Record<string, string | undefined>): Record<string, string> {
    const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return Object.fromEntries(given.map(([name, value]) => [name, value === 'OWN' ? console.url : value]));
  }
});

describe('the origin of a GET', () => {
  test.each(['none', 'same-origin'])('may be of the site %s', async (site) => {
    const { status } = await send(`${console.url}/api/state`, { headers: { 'sec-fetch-site': site } });
    expect(status).toBe(200);
  });

  test.each(['cross-site', 'same-site'])('must not be of the site %s', async (site) => {
    const { status } = await send(`${console.url}/api/state`, { headers: { 'sec-fetch-site': site } });
    expect(status).toBe(403);
  });
});

describe('the content type of a POST', () => {
  test('may name a character set', async () => {
    expect((await post({ 'content-type': 'application/json; charset=utf-8' })).status).toBe(reached);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonx'])(
    'must not be %s, which a form of any site can send',
    async (type) => {
      const { status, text } = await post({ 'content-type': type });
      expect(status).toBe(415);
      expect(JSON.parse(text).error).toContain(type);
    },
  );

  test('must be there, for the buttons too', async () => {
    expect((await send(`${console.url}/api/demo/insert`, { method: 'POST' })).status).toBe(415);
  });
});

describe('every answer', () => {
  test.each(['/', '/app.js', '/api/state', '/healthz', '/nothing'])(
    'of %s forbids what the page does not need',
    async (path) => {
      const { headers } = await send(`${console.url}${path}`);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  test('to a preflight allows nothing', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const { status, headers: answered } = await send(`${console.url}/api/sql`, { method: 'OPTIONS', headers });
    expect(status).toBe(403);
    expect(Object.keys(answered).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a console without a login', () => {
  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('listens on %s', (host) => {
    expect(() => requireGuard(host, {})).not.toThrow();
  });

  test.each(['0.0.0.0', '::', '192.168.0.1', '127.evil.example', ''])('does not listen on "%s"', (host) => {
    expect(() => requireGuard(host, {})).toThrow(/must be a loopback address/);
    expect(() => requireGuard(host, { login: { username: 'a', password: 'b' } })).not.toThrow();
  });
});

import { expect, onTestFinished, test } from 'vitest';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { type HttpOptions, serveHttp } from '../src/http.ts';

async function serve(options: Partial<HttpOptions> = {}) {
  const { log, lines } = recordedLog();
  const server = await serveHttp({
    host: '127.0.0.1',
    // Any free port.
    port: 0,
    log,
    metrics: async (accept) => ({ contentType: 'text/plain', body: `accepted ${accept}\n` }),
    live: () => ({ ok: true, last_sign: 'heartbeat' }),
    ready: () => ({ ok: false, reason: 'the consumer is starting' }),
    ...options,
  });
  onTestFinished(server.close);
  return { server, lines, url: `http://127.0.0.1:${server.port}` };
}

test('the probes say what they found', async () => {
  const { url } = await serve();
  const live = await fetch(`${url}/livez`);
  expect([live.status, await live.json()]).toEqual([200, { status: 'ok', last_sign: 'heartbeat' }]);
  const ready = await fetch(`${url}/readyz?verbose`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'unavailable', reason: 'the consumer is starting' },
  ]);
});

test('the metrics come in the format that is accepted', async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/metrics`, { headers: { accept: 'text/x' } });
  expect([response.headers.get('content-type'), await response.text()]).toEqual(['text/plain', 'accepted text/x\n']);
});

test('HEAD has the head of GET and no body', async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/livez`, { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
});

test('nothing else is served', async () => {
  const { url } = await serve();
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/metrics/x`)).status).toBe(404);
  const post = await fetch(`${url}/metrics`, { method: 'POST' });
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('a failure is logged and answered with 500', async () => {
  const { url, lines } = await serve({ metrics: () => Promise.reject(new Error('broken gauge')) });
  expect((await fetch(`${url}/metrics`)).status).toBe(500);
  expect(lines).toMatchObject([{ level: 'error', path: '/metrics' }]);
});

test('a port that is taken is named with the remedy', async () => {
  const { server } = await serve();
  await expect(serve({ port: server.port })).rejects.toThrow(
    `HTTP_HOST=127.0.0.1 HTTP_PORT=${server.port}: another program listens there: end it, or set another HTTP_PORT`,
  );
});

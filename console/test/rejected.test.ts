import { json } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { findRejected } from '../src/rejected.ts';
import { serve, type WebServer } from './console-fixture.ts';

let server: WebServer | undefined;

afterEach(() => server?.close());

test('a document that was refused is shown as text with its reason, whatever it has of both', async () => {
  const hits = [
    {
      '@timestamp': '2026-01-01T00:00:00.000Z',
      message: '{"a":1}',
      'error.message': 'object field starting with a dot',
    },
    { message: 'x'.repeat(3000), 'error.type': 'mapper_parsing_exception' },
    {},
  ].map((source, index) => ({ _id: String(index), _source: source }));
  server = await serve((_, response) => response.end(JSON.stringify({ hits: { total: { value: 7 }, hits } })));
  const { documents, total } = await findRejected({ url: server.url });
  expect(total).toBe(7);
  expect(documents).toEqual([
    { id: '0', at: '2026-01-01T00:00:00.000Z', reason: 'object field starting with a dot', document: '{"a":1}' },
    { id: '1', at: null, reason: 'mapper_parsing_exception', document: `${'x'.repeat(2000)}…` },
    { id: '2', at: null, reason: 'no reason recorded', document: '' },
  ]);
});

test('where twenty are too large for the console, there are four', async () => {
  server = await serve(async (request, response) => {
    const { size } = (await json(request)) as { size: number };
    const source = { message: 'x'.repeat(1024 * 1024) };
    const hits = Array.from({ length: size }, (_, index) => ({ _id: String(index), _source: source }));
    response.end(JSON.stringify({ hits: { total: { value: 30 }, hits } }));
  });
  const { documents, total } = await findRejected({ url: server.url });
  expect([documents.length, total]).toEqual([4, 30]);
});

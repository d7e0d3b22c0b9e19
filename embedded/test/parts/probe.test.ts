import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { occupyPort } from '../../../runtime/test/support/scratch.ts';
import { isAnswering, isListening } from '../../src/parts/probe.ts';

test('a port takes connections or not', async () => {
  const port = await occupyPort();
  expect(await isListening('127.0.0.1', port)).toBe(true);
  // Port 1 is reserved for an obsolete service (TCPMUX).
  expect(await isListening('127.0.0.1', 1)).toBe(false);
});

test('an answer counts only where it is a success', async () => {
  const server = createServer((request, response) => response.writeHead(request.url === '/good' ? 200 : 503).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const base = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  expect(await isAnswering(`${base}/good`)).toBe(true);
  expect(await isAnswering(`${base}/bad`)).toBe(false);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await isAnswering(`${base}/good`)).toBe(false);
});

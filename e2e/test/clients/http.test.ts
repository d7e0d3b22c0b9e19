import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { fetchAnswer, fetchText } from '../../src/clients/http.ts';
import { freePort } from '../../src/processes.ts';

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

/** Answers every request with a status and, as text, what was asked and with which login. Gives its address. */
async function answerWith(status: number): Promise<string> {
  const listening = createServer((request, response) => {
    response.writeHead(status).end(`${request.method} ${request.url} ${request.headers.authorization ?? 'no login'}`);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test('gives the text of a good answer', async () => {
  expect(await fetchText(`http://${await answerWith(200)}/a?b=c`)).toBe('GET /a?b=c no login');
});

test('sends a login in the URL as basic authentication', async () => {
  const text = await fetchText(`http://user:p%40ss@${await answerWith(200)}/`);
  expect(text).toBe(`GET / Basic ${Buffer.from('user:p@ss').toString('base64')}`);
});

test('an answer that is no success is told with address, status and text, without the login', async () => {
  const address = await answerWith(503);
  await expect(fetchText(`http://user:secret@${address}/x`)).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:\d+\/x answered 503: GET \/x/,
  );
  expect(await fetchAnswer(`http://${address}/x`)).toMatchObject({ status: 503 });
});

test('no answer is told with the address and the reason', async () => {
  const port = await freePort();
  await expect(fetchText(`http://user:secret@127.0.0.1:${port}/`)).rejects.toThrow(
    new RegExp(`^http://127\\.0\\.0\\.1:${port}/ gave no answer: .*ECONNREFUSED`),
  );
});

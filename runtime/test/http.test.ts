import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { AnswerTooLargeError, fetchAnswer, fetchText } from '../src/http.ts';
import { freePort } from '../src/ports.ts';

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

/** Starts a server that answers with this status and describes the request. Returns its address. */
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

test('asks on a connection of its own, which the server is not asked to close and sees closed', async () => {
  const address = await answerWith(200);
  const closed: Promise<unknown>[] = [];
  const asked: (string | undefined)[] = [];
  server?.on('connection', (socket) => closed.push(once(socket, 'close')));
  server?.on('request', (request) => asked.push(request.headers.connection));
  for (const path of ['one', 'two']) {
    await fetchText(`http://${address}/${path}`);
    await closed.at(-1);
  }
  expect(closed).toHaveLength(2);
  expect(asked).toEqual(['keep-alive', 'keep-alive']);
});

test('an answer that is cut off is no answer', async () => {
  const address = await answerWith(200);
  server?.removeAllListeners('request');
  server?.on('request', (request, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('half', () => request.socket.destroy());
  });
  await expect(fetchText(`http://${address}/x`)).rejects.toThrow(/\/x gave no answer: aborted/);
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

test('reads no more of an answer than was asked for', async () => {
  const address = `http://${await answerWith(200)}`;
  const { text } = await fetchAnswer(address, { maxBytes: 14 });
  expect(text).toBe('GET / no login');
  await expect(fetchAnswer(address, { maxBytes: 13 })).rejects.toThrow(AnswerTooLargeError);
});

import { once } from 'node:events';
import { createServer, type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchAnswer } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import { afterEach, expect, test } from 'vitest';
import { proxy } from '../../src/kubernetes/proxy.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that proxies requests to `behind`. */
function before(behind: string): Promise<string> {
  return listen((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    proxy(incoming, outgoing, 'the other', (answered) => request(`${behind}${url}`, { method, headers }, answered));
  });
}

test('passes a request on, and gives the answer back', async () => {
  const behind = await listen((incoming, outgoing) => {
    incoming.pipe(outgoing.writeHead(201));
  });
  const url = await before(behind);
  expect(await fetchAnswer(`${url}/x`, { method: 'POST', body: 'told' })).toEqual({ status: 201, text: 'told' });
});

test('no answer is 502 with the name and the reason', async () => {
  const url = await before(`http://127.0.0.1:${await freePort()}`);
  const { status, text } = await fetchAnswer(url);
  expect(status).toBe(502);
  expect(text).toMatch(/^the other: .*ECONNREFUSED/);
});

test('an answer that is cut off is cut off there too', async () => {
  const behind = await listen((incoming, outgoing) => {
    outgoing.writeHead(200).write('half', () => incoming.socket.destroy());
  });
  await expect(fetchAnswer(await before(behind))).rejects.toThrow('gave no answer: aborted');
});

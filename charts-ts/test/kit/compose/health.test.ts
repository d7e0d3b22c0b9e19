import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { kafka } from '../../../src/kafka/compose.ts';
import { bashCheck, bashHttpCheck } from '../../../src/kit/compose/health.ts';
import { systems } from '../../../src/pipeline.ts';
import { tidb } from '../../../src/tidb/compose.ts';

const run = promisify(execFile);
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Starts a server that answers a request, or a connection, with these bytes. Returns its port. */
async function answering(bytes: Buffer | string, when: 'asked' | 'connected'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (when === 'connected') socket.end(bytes);
    else socket.once('data', () => socket.end(bytes));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function isHealthy([program = '', ...args]: readonly string[]): Promise<boolean> {
  return run(program, args, { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/** A service's own health check, for another port. */
function checkOf(service: 'tidb' | 'kafka', port: number): readonly string[] {
  const own = service === 'tidb' ? systems.tidb.sql : systems.kafka.clients;
  return { tidb, kafka }[service].health.command.map((word) => word.replace(`/${own}`, `/${port}`));
}

describe('a check by bash', () => {
  test('takes a 200 for healthy, and nothing else', async () => {
    const answers = [
      ['HTTP/1.1 200 OK\r\n\r\n', true],
      ['HTTP/1.1 503 Service Unavailable\r\n\r\n', false],
      ['', false],
    ] as const;
    for (const [answer, healthy] of answers) {
      const port = await answering(answer, 'asked');
      expect(await isHealthy(bashHttpCheck(port, '/status').command), answer).toBe(healthy);
    }
  });

  test('fails where nothing listens', async () => {
    const port = await answering('', 'asked');
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await isHealthy(bashHttpCheck(port, '/status').command)).toBe(false);
  });

  test('fails at the first line that fails', async () => {
    expect(await isHealthy(bashCheck(['false', 'true']).command)).toBe(false);
    expect(await isHealthy(bashCheck(['true']).command)).toBe(true);
  });
});

test('TiDB is healthy when its greeting comes, and another server’s is none', async () => {
  const greeting = (version: string) => Buffer.from(`\x4a\0\0\0\x0a${version}\0\x01\0\0\0salt`, 'latin1');
  expect(await isHealthy(checkOf('tidb', await answering(greeting('8.0.11-TiDB-v8.5.7'), 'connected')))).toBe(true);
  expect(await isHealthy(checkOf('tidb', await answering(greeting('11.4.5-MariaDB-log'), 'connected')))).toBe(false);
});

test('Kafka is healthy when it answers the request with its number', async () => {
  const answer = Buffer.from([0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  expect(await isHealthy(checkOf('kafka', await answering(answer, 'asked')))).toBe(true);
  expect(await isHealthy(checkOf('kafka', await answering('', 'asked')))).toBe(false);
});

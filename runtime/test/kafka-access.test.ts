import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it as test } from 'vitest';
import { z } from 'zod';
import { readEnvironment } from '../src/environment.ts';
import { createAdmin } from '../src/kafka.ts';
import { kafkaAccessSettings, readKafkaAccess } from '../src/kafka-access.ts';
import { createLogger } from '../src/log.ts';

const read = (env: Record<string, string>) => readKafkaAccess(readEnvironment(z.object(kafkaAccessSettings), env));

test('is empty where nothing is set', () => {
  expect(read({})).toEqual({});
});

test('logs in by PLAIN unless another mechanism is named', () => {
  const login = { KAFKA_USERNAME: 'cdc', KAFKA_PASSWORD: 'secret' };
  expect(read(login)).toEqual({ login: { username: 'cdc', password: 'secret', mechanism: 'plain' } });
  expect(read({ ...login, KAFKA_SASL_MECHANISM: 'scram-sha-512' }).login?.mechanism).toBe('scram-sha-512');
});

test('refuses half a login, an unknown mechanism and a file that is not there', () => {
  expect(() => read({ KAFKA_USERNAME: 'cdc' })).toThrow('KAFKA_PASSWORD is not set');
  expect(() => read({ KAFKA_PASSWORD: 'secret' })).toThrow('KAFKA_USERNAME is not set');
  expect(() => read({ KAFKA_SASL_MECHANISM: 'gssapi' })).toThrow('KAFKA_SASL_MECHANISM=gssapi: must be one of plain');
  expect(() => read({ KAFKA_CA_FILE: '/nowhere/ca.crt' })).toThrow('KAFKA_CA_FILE=/nowhere/ca.crt: cannot be read');
});

test('connections are encrypted where a certificate authority is named, or by KAFKA_TLS alone', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kafka-access-'));
  try {
    const file = path.join(folder, 'ca.crt');
    const empty = path.join(folder, 'empty.crt');
    writeFileSync(file, 'a certificate');
    writeFileSync(empty, '');
    const named = { tls: { ca: 'a certificate' } };
    expect(read({ KAFKA_CA_FILE: file })).toEqual(named);
    expect(read({ KAFKA_CA_FILE: file, KAFKA_TLS: 'true' })).toEqual(named);
    expect(read({ KAFKA_CA_FILE: file, KAFKA_TLS: 'false' })).toEqual({});
    expect(read({ KAFKA_CA_FILE: empty, KAFKA_TLS: 'true' })).toEqual({ tls: {} });
    expect(read({ KAFKA_TLS: 'true' })).toEqual({ tls: {} });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a client that is told to encrypt begins with the greeting of TLS', async () => {
  const received: Buffer[] = [];
  const server = createServer((socket) =>
    socket.once('data', (data) => {
      received.push(data);
      socket.destroy();
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const log = createLogger({ level: 'silent', dataset: 'cdc.test' });
  const admin = createAdmin({ brokers: [`127.0.0.1:${port}`], clientId: 'test', log, access: { tls: {} } }, 0);
  try {
    await expect(admin.connect()).rejects.toThrow();
    // A TLS record of type handshake.
    expect(received[0]?.[0]).toBe(22);
  } finally {
    await admin.disconnect();
    server.close();
  }
});

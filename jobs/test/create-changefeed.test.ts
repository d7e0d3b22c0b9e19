import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readEnvironment } from '@tidb-cdc/runtime/environment';
import { createLogger } from '@tidb-cdc/runtime/log';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createChangefeed, createChangefeedSettings } from '../src/create-changefeed.ts';
import { changefeed, TicdcServer } from './changefeed/ticdc-server.ts';

const definition = {
  changefeed_id: 'cdc-events',
  sink_uri: 'kafka://kafka:9092/cdc-events?protocol=canal-json&partition-num=3',
  replica_config: {
    filter: { rules: ['shop.*'] },
    sink: { dispatchers: [{ matcher: ['*.*'], partition: 'index-value' }] },
  },
};
const withLogin = { ...definition, sink_uri: `${definition.sink_uri}&sasl-mechanism=plain` };
const one = '/api/v2/changefeeds/cdc-events';
const log = createLogger({ level: 'silent', dataset: 'cdc.jobs' });

let ticdc: TicdcServer;
let folder: string;

beforeEach(async () => {
  ticdc = await TicdcServer.start();
  folder = await mkdtemp(path.join(tmpdir(), 'create-changefeed-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await ticdc.close();
  await rm(folder, { recursive: true });
});

async function run(environment: Record<string, string> = {}, file: unknown = definition) {
  const CHANGEFEED_FILE = path.join(folder, 'changefeed.json');
  await writeFile(CHANGEFEED_FILE, JSON.stringify(file));
  const variables = { TICDC_URL: ticdc.url, WAIT_TIMEOUT_SECONDS: '5', CHANGEFEED_FILE, ...environment };
  return createChangefeed(readEnvironment(createChangefeedSettings, variables), log);
}

describe('a changefeed that does not exist', () => {
  test('is created with exactly the file, and is done when its checkpoint has moved', async () => {
    expect(await run()).toEqual({ outcome: 'created' });
    expect(ticdc.received.find(({ method }) => method === 'POST')?.body).toEqual(definition);
    const looks = ticdc.received.filter(({ method, path }) => method === 'GET' && path === one);
    expect(looks.length).toBeGreaterThanOrEqual(3);
  });

  test('CAPTURE takes the place of the filter rules in the file', async () => {
    await run({ CAPTURE: 'billing.*,!billing.tmp_*' });
    expect(ticdc.changefeeds.get('cdc-events')?.config.filter).toEqual({ rules: ['billing.*', '!billing.tmp_*'] });
    await expect(run({ CAPTURE: 'billing' })).rejects.toThrow(/CAPTURE=billing: must be rules of TiCDC's table filter/);
  });

  test('PROTOCOL takes the place of the protocol in the file', async () => {
    await run({ PROTOCOL: 'open-protocol' });
    const uri = 'kafka://kafka:9092/cdc-events?protocol=open-protocol&partition-num=3';
    expect(ticdc.changefeeds.get('cdc-events')?.sink_uri).toBe(uri);
    await expect(run({ PROTOCOL: 'avro' })).rejects.toThrow(
      'PROTOCOL=avro: must be one of canal-json, open-protocol, debezium, simple',
    );
  });

  test('the Kafka of the settings takes the place of the one in the file', async () => {
    const kafka = { KAFKA_BROKERS: 'one:9093,two:9093', KAFKA_TOPIC: 'own.events', KAFKA_TLS: 'true' };
    const login = { KAFKA_USERNAME: 'cdc', KAFKA_PASSWORD: 'secret', KAFKA_SASL_MECHANISM: 'scram-sha-512' };
    await run({ ...kafka, ...login, TICDC_KAFKA_CA_FILE: '/etc/kafka/ca.pem' });
    const made = new URL(ticdc.changefeeds.get('cdc-events')?.sink_uri.replace(',two:9093', '') ?? '');
    expect([made.host, made.pathname]).toEqual(['one:9093', '/own.events']);
    expect(Object.fromEntries(made.searchParams)).toMatchObject({
      protocol: 'canal-json',
      'partition-num': '3',
      'sasl-mechanism': 'scram-sha-512',
      'sasl-user': 'cdc',
      'enable-tls': 'true',
      ca: '/etc/kafka/ca.pem',
    });
  });

  test('a mechanism without a login, and a certificate without TLS, are left out', async () => {
    await run({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_TLS: 'false', TICDC_KAFKA_CA_FILE: '/etc/kafka/ca.pem' });
    expect(ticdc.changefeeds.get('cdc-events')?.sink_uri).toBe(`${definition.sink_uri}&enable-tls=false`);
  });

  test('a certificate authority that TiCDC finds at the same path is named, unless the file is empty', async () => {
    const KAFKA_CA_FILE = path.join(folder, 'ca.pem');
    await writeFile(KAFKA_CA_FILE, '');
    await run({ KAFKA_TLS: 'true', KAFKA_CA_FILE, TICDC_KAFKA_BROKERS: 'there:9093' });
    expect(ticdc.changefeeds.get('cdc-events')?.sink_uri).toMatch(/^kafka:\/\/there:9093\/.*&enable-tls=true$/);
    await writeFile(KAFKA_CA_FILE, 'a certificate');
    await expect(run({ KAFKA_TLS: 'true', KAFKA_CA_FILE })).rejects.toThrow(`ca: nothing should be ${KAFKA_CA_FILE}`);
  });

  test('is not made where somebody else has made one', async () => {
    expect(await run({ CHANGEFEED_CREATE: 'false' })).toEqual({ outcome: 'external' });
    expect(ticdc.received).toEqual([]);
  });

  test('tables that TiCDC leaves out are named, also where the changefeed was there before', async () => {
    ticdc.ineligible = [{ database_name: 'billing', table_name: 'log' }];
    const warned = vi.spyOn(log, 'warn');
    await run({ CAPTURE: 'billing.*' });
    await run({ CAPTURE: 'billing.*' });
    const named = warned.mock.calls.filter((call) => JSON.stringify(call).includes('billing.log is not captured'));
    expect(named).toHaveLength(2);
    const asked = ticdc.received.find(({ path }) => path === '/api/v2/verify_table')?.body;
    expect(asked).toMatchObject({ replica_config: { filter: { rules: ['billing.*'] } }, start_ts: expect.any(Number) });
  });

  test('is done where TiCDC does not answer about tables', async () => {
    ticdc.fail('POST /api/v2/verify_table', 500, 'CDC:ErrUnknown', 'unknown');
    expect(await run()).toEqual({ outcome: 'created' });
  });

  test('is waited for while TiCDC starts: 503 of the server, then an unhealthy cluster', async () => {
    ticdc.fail('GET /status', 503, 'CDC:ErrServerIsNotReady', 'cdc server is not ready', 1);
    ticdc.fail('GET /api/v2/health', 500, 'CDC:ErrClusterIsUnhealthy', 'TiCDC cluster is unhealthy', 1);
    expect(await run()).toEqual({ outcome: 'created' });
  });

  test('is waited for while nothing listens yet', async () => {
    await ticdc.close();
    const running = run();
    const refused = run({ WAIT_TIMEOUT_SECONDS: '1' });
    await expect(refused).rejects.toThrow(/gave up waiting for TiCDC at http:.* after 1 s: .*ECONNREFUSED/);
    ticdc = await TicdcServer.start(ticdc.port);
    expect(await running).toEqual({ outcome: 'created' });
  });

  test('is tried again while Kafka is not up and TiKV has not joined', async () => {
    ticdc.fail('POST /api/v2/changefeeds', 500, 'CDC:ErrPDEtcdAPIError', 'fail to get ts from pd client', 1);
    ticdc.fail('POST /api/v2/changefeeds', 500, 'CDC:ErrKafkaNewProducer', 'client has run out of brokers', 1);
    expect(await run()).toEqual({ outcome: 'created' });
    expect(ticdc.changes).toEqual(Array(3).fill('POST /api/v2/changefeeds'));
  });

  test('fails with the last reason where Kafka stays away', async () => {
    ticdc.fail('POST /api/v2/changefeeds', 500, 'CDC:ErrKafkaNewProducer', 'client has run out of brokers');
    await expect(run({ WAIT_TIMEOUT_SECONDS: '1' })).rejects.toThrow(
      /gave up waiting for TiCDC to accept changefeed cdc-events after 1 s: .*ErrKafkaNewProducer.*run out of brokers/,
    );
  });

  test('fails at once where the request itself is wrong, whatever the status', async () => {
    ticdc.fail('POST /api/v2/changefeeds', 400, 'CDC:ErrTableIneligible', 'some tables are not eligible');
    await expect(run()).rejects.toThrow(/400: CDC:ErrTableIneligible/);
    expect(ticdc.changes).toHaveLength(1);
  });

  test('is compared where another run was quicker', async () => {
    ticdc.fail(`GET ${one}`, 400, 'CDC:ErrChangeFeedNotExists', 'changefeed not exists', 1);
    ticdc.changefeeds.set(
      'cdc-events',
      changefeed({ sink_uri: definition.sink_uri, config: definition.replica_config }),
    );
    expect(await run()).toEqual({ outcome: 'unchanged' });
    expect(ticdc.changes).toEqual(['POST /api/v2/changefeeds']);
  });
});

describe('an existing changefeed', () => {
  const existing = (overrides: Partial<ReturnType<typeof changefeed>> = {}) => {
    const stored = changefeed({
      sink_uri: definition.sink_uri,
      config: { memory_quota: 7, ...definition.replica_config },
    });
    ticdc.changefeeds.set('cdc-events', Object.assign(stored, overrides));
  };

  test('with the same configuration is left alone', async () => {
    existing();
    expect(await run()).toEqual({ outcome: 'unchanged' });
    expect(ticdc.changes).toEqual([]);
  });

  test('with another configuration fails and says the difference', async () => {
    existing({ config: { ...definition.replica_config, filter: { rules: ['*.*'] } } });
    await expect(run()).rejects.toThrow(
      'changefeed cdc-events exists with another configuration: ' +
        'replica_config.filter.rules.0: "*.*" should be "shop.*". Remedy: run create-changefeed with CHANGEFEED_UPDATE=true',
    );
    expect(ticdc.changes).toEqual([]);
  });

  test('is paused, updated and resumed under the flag, and keeps what the file does not say', async () => {
    existing({ sink_uri: 'kafka://kafka:9092/cdc-events?protocol=canal-json&partition-num=1' });
    expect(await run({ CHANGEFEED_UPDATE: 'true' })).toEqual({ outcome: 'updated' });
    expect(ticdc.changes).toEqual([`POST ${one}/pause`, `PUT ${one}`, `POST ${one}/resume`]);
    expect(ticdc.changefeeds.get('cdc-events')).toMatchObject({
      state: 'normal',
      sink_uri: definition.sink_uri,
      config: { memory_quota: 7 },
    });
  });

  test('goes on as it was where the update is refused between pause and resume', async () => {
    existing({ sink_uri: 'kafka://kafka:9092/cdc-events?protocol=canal-json&partition-num=1' });
    ticdc.fail(`PUT ${one}`, 400, 'CDC:ErrInvalidReplicaConfig', 'no such dispatcher');
    await expect(run({ CHANGEFEED_UPDATE: 'true' })).rejects.toThrow(/CDC:ErrInvalidReplicaConfig.*no such dispatcher/);
    expect(ticdc.changes.at(-1)).toBe(`POST ${one}/resume`);
    expect(ticdc.changefeeds.get('cdc-events')).toMatchObject({ state: 'normal' });
  });

  test('is left alone under the flag where it is the same', async () => {
    existing();
    expect(await run({ CHANGEFEED_UPDATE: 'true' })).toEqual({ outcome: 'unchanged' });
    expect(ticdc.changes).toEqual([]);
  });

  test('that failed prints TiCDC’s own error', async () => {
    existing({ state: 'failed', error: { addr: 'ticdc:8300', code: 'CDC:ErrGCTTLExceeded', message: 'ttl exceeded' } });
    await expect(run()).rejects.toThrow(/changefeed cdc-events is failed: CDC:ErrGCTTLExceeded ttl exceeded\. Remedy/);
  });

  test('that fails while it is watched prints TiCDC’s own error', async () => {
    existing({
      state: 'warning',
      error: { addr: 'ticdc:8300', code: 'CDC:ErrKafkaSendMessage', message: 'no leader' },
    });
    await expect(run({ WAIT_TIMEOUT_SECONDS: '1' })).rejects.toThrow(
      /to be normal after 1 s: its state is 'warning': CDC:ErrKafkaSendMessage no leader/,
    );
  });

  test('that a person paused is not resumed behind their back, but is under the flag', async () => {
    existing({ state: 'stopped' });
    await expect(run()).rejects.toThrow(/changefeed cdc-events is stopped\. Remedy/);
    expect(ticdc.changes).toEqual([]);
    expect(await run({ CHANGEFEED_UPDATE: 'true' })).toMatchObject({ outcome: expect.any(String) });
    expect(ticdc.changefeeds.get('cdc-events')?.state).toBe('normal');
  });

  test('that has ended has to be removed', async () => {
    existing({ state: 'finished' });
    await expect(run()).rejects.toThrow(/is finished\. Remedy: remove it/);
  });

  test('whose checkpoint stands still is not done', async () => {
    existing({ moves: false });
    await expect(run({ WAIT_TIMEOUT_SECONDS: '1' })).rejects.toThrow(
      /the checkpoint of changefeed cdc-events to advance/,
    );
  });
});

describe('logins', () => {
  const kafka = { KAFKA_USERNAME: 'cdc', KAFKA_PASSWORD: 'top&secret' };

  test('sends TiCDC’s, and puts Kafka’s into the sink URI', async () => {
    ticdc.login = 'operator:pw';
    const environment = { TICDC_USERNAME: 'operator', TICDC_PASSWORD: 'pw', ...kafka };
    expect(await run(environment, withLogin)).toEqual({ outcome: 'created' });
    const stored = ticdc.changefeeds.get('cdc-events')?.sink_uri;
    expect(stored).toBe(`${withLogin.sink_uri}&sasl-user=cdc&sasl-password=top%26secret`);
    expect(await run(environment, withLogin)).toEqual({ outcome: 'unchanged' });
  });

  test('updates a password that TiCDC does not show, and says when it was the same', async () => {
    await run(kafka, withLogin);
    const changed = { ...kafka, KAFKA_PASSWORD: 'other', CHANGEFEED_UPDATE: 'true' };
    expect(await run(changed, withLogin)).toEqual({ outcome: 'updated' });
    expect(ticdc.changefeeds.get('cdc-events')?.sink_uri).toMatch(/sasl-password=other$/);
    expect(await run(changed, withLogin)).toEqual({ outcome: 'unchanged' });
    expect(ticdc.changefeeds.get('cdc-events')?.state).toBe('normal');
  });

  test('fails at once where TiCDC asks for one and none is set, and waits where TiDB may not be up to check it', async () => {
    ticdc.login = 'operator:pw';
    await expect(run()).rejects.toThrow(/401: CDC:ErrCredentialNotFound/);
    await expect(run({ TICDC_USERNAME: 'operator', TICDC_PASSWORD: 'no', WAIT_TIMEOUT_SECONDS: '1' })).rejects.toThrow(
      /gave up .*ErrUnauthorized/,
    );
  });

  test('refuses half of one', async () => {
    await expect(run({ TICDC_USERNAME: 'operator' })).rejects.toThrow('TICDC_PASSWORD is not set');
    await expect(run({ KAFKA_PASSWORD: 'x' })).rejects.toThrow('KAFKA_USERNAME is not set');
  });
});

describe('TiCDC under TLS', () => {
  test('is entered by the certificate authority of TICDC_CA_FILE alone', async () => {
    const [key, certificate] = [path.join(folder, 'tls.key'), path.join(folder, 'tls.crt')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', ...options, ...subject], { stdio: 'pipe' });
    const keys = { key: await readFile(key), cert: await readFile(certificate) };
    const server = createServer(keys, (incoming, outgoing) => {
      const { method = 'GET', url, headers } = incoming;
      const further = request(`${ticdc.url}${url}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(further);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const TICDC_URL = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect(await run({ TICDC_URL, TICDC_CA_FILE: certificate })).toEqual({ outcome: 'created' });
      await expect(run({ TICDC_URL, WAIT_TIMEOUT_SECONDS: '1' })).rejects.toThrow(/self-signed certificate/);
    } finally {
      server.close();
    }
  });

  test('needs a file that can be read', async () => {
    await expect(run({ TICDC_CA_FILE: '/nowhere/ca.crt' })).rejects.toThrow(
      'TICDC_CA_FILE=/nowhere/ca.crt: cannot be read: ENOENT',
    );
  });
});

test('refuses a file with a member that TiCDC would drop without a word', async () => {
  const { replica_config: config, ...rest } = definition;
  await expect(run({}, { ...rest, config })).rejects.toThrow(/CHANGEFEED_FILE=.*config/);
  expect(ticdc.received).toEqual([]);
});

test('sends the error of a page that is not TiCDC’s', async () => {
  ticdc.fail('GET /status', 502, '', '');
  await expect(run({ WAIT_TIMEOUT_SECONDS: '1' })).rejects.toThrow(/GET \/status with 502/);
});

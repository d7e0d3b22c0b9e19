import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkConfig } from '../../../src/targets/compose/check-config.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'check-config-'));
  for (const name of ['ticdc-ca.pem', 'kafka-ca.pem', 'elasticsearch-ca.pem'])
    writeFileSync(path.join(folder, name), '');
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the check with these values; the others are empty or have their defaults, as with Compose. */
function check(values: Readonly<Record<string, string>>) {
  const { command, environment } = checkConfig(new Set(['database', 'kafka', 'elasticsearch']), 'compose/external');
  const [program = '', ...args] = command.map((word) => word.replaceAll('/etc/tidb-cdc', folder));
  const empty = Object.fromEntries(Object.keys(environment ?? {}).map((name) => [name, '']));
  const env = { PATH: process.env.PATH, ...empty, EXTERNAL_TICDC_CHANGEFEED: 'true', ...values };
  const { status, stderr } = spawnSync(program, args, { env, encoding: 'utf8', timeout: 10_000 });
  return { status, lines: stderr.split('\n').filter((line) => line !== '') };
}

const login = (user: string) => ({
  [`EXTERNAL_ELASTICSEARCH_${user}_USERNAME`]: 'user',
  [`EXTERNAL_ELASTICSEARCH_${user}_PASSWORD`]: 'secret',
});

const filledIn = {
  EXTERNAL_TICDC_URL: 'http://ticdc.example:8300',
  EXTERNAL_TICDC_CAPTURE: 'billing.*',
  EXTERNAL_KAFKA_BROKERS: 'one.example:9093,two.example:9093',
  EXTERNAL_KAFKA_TLS: 'true',
  EXTERNAL_ELASTICSEARCH_URL: 'https://search.example:443',
  ...login('TEMPLATES'),
  ...login('FILEBEAT'),
  ...login('CONSOLE'),
  ...login('GRAFANA'),
};

test('says all that is missing, each with what it is', () => {
  const { status, lines } = check({});
  expect(status).toBe(1);
  expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual(Object.keys(filledIn).sort());
  expect(lines[0]).toBe("EXTERNAL_TICDC_URL is not set: TiCDC's API. Set it in .env");
});

test('lets through what is filled in, and says nothing', () => {
  expect(check(filledIn)).toEqual({ status: 0, lines: [] });
});

test('wants nothing of TiCDC where the changefeed is made by others', () => {
  const { EXTERNAL_TICDC_URL: _url, EXTERNAL_TICDC_CAPTURE: _capture, ...rest } = filledIn;
  expect(check({ ...rest, EXTERNAL_TICDC_CHANGEFEED: 'false' })).toEqual({ status: 0, lines: [] });
});

test.each([
  ['EXTERNAL_KAFKA_BROKERS', 'one.example', 'must be host:port, several separated by commas'],
  ['EXTERNAL_KAFKA_TLS', 'on', 'must be true or false'],
  ['EXTERNAL_KAFKA_CA_FILE', 'ca.pem', 'must be an absolute path'],
  ['EXTERNAL_ELASTICSEARCH_URL', 'https://search.example', 'must be http://host:port or https://host:port'],
])('refuses %s=%s', (name, value, rule) => {
  const lines = [`${name}=${value}: ${rule}. Set it in .env`];
  expect(check({ ...filledIn, [name]: value })).toEqual({ status: 1, lines });
});

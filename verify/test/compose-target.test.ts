import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { repository } from '@tidb-cdc/runtime/repository';
import { expect, test } from 'vitest';
import { composeAccess, composeSettings, composeTarget } from '../src/targets/compose.ts';

const file = parseEnv(readFileSync(join(repository, '.env'), 'utf8'));

test('ports and logins come from .env', () => {
  const { sql, elasticsearch, consumer } = composeAccess({});
  expect(sql).toMatchObject({ host: '127.0.0.1', port: 4000, user: 'shop_app', password: file.TIDB_APP_PASSWORD });
  expect(elasticsearch).toBe(`http://elastic:${file.ELASTIC_PASSWORD}@127.0.0.1:9200`);
  expect(consumer).toBe('http://127.0.0.1:9464');
});

test('the environment comes before .env, as with docker-compose', () => {
  const env = { PORT_ELASTICSEARCH: '19200', ELASTIC_PASSWORD: 'a/b' };
  expect(composeAccess(env).elasticsearch).toBe('http://elastic:a%2Fb@127.0.0.1:19200');
  expect(() => composeSettings({ PORT_SQL: '' })('PORT_SQL')).toThrow('PORT_SQL is neither in .env nor');
});

test('the wait for a system that is not there says what is missing', async () => {
  const nowhere = composeTarget({ startTimeoutMs: 500 }, { PORT_SQL: '1' });
  await expect(nowhere.open(() => {})).rejects.toThrow(/the system of docker-compose up after 0.5 s: .*ECONNREFUSED/);
});

test('what runs elsewhere is asked there, with the login of who installs the templates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'compose-target-'));
  try {
    const COMPOSE_FILE = join(folder, 'docker-compose.yml');
    writeFileSync(COMPOSE_FILE, 'services: {tidb: {}, consumer: {}}\n');
    const env = {
      COMPOSE_FILE: `${COMPOSE_FILE}:override.yml`,
      EXTERNAL_ELASTICSEARCH_URL: 'https://search.example:9243',
      EXTERNAL_ELASTICSEARCH_TEMPLATES_USERNAME: 'installer',
      EXTERNAL_ELASTICSEARCH_TEMPLATES_PASSWORD: 'a/b',
      EXTERNAL_PROMETHEUS_URL: 'http://metrics.example:9090',
    };
    expect(composeAccess(env)).toMatchObject({
      elasticsearch: 'https://installer:a%2Fb@search.example:9243',
      prometheus: 'http://metrics.example:9090',
      consumer: 'http://127.0.0.1:9464',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a TiDB that runs elsewhere is written to with the login of the demo, or it is said what that needs', () => {
  const COMPOSE_FILE = 'compose/external/docker-compose.yml';
  expect(() => composeAccess({ COMPOSE_FILE })).toThrow(
    `COMPOSE_FILE=${COMPOSE_FILE}: TiDB runs elsewhere, and verify writes to the demo's tables. Set EXTERNAL_DATABASE_HOST and`,
  );
  const env = {
    COMPOSE_FILE,
    EXTERNAL_DATABASE_HOST: 'tidb.example',
    EXTERNAL_DATABASE_APP_PASSWORD: 'secret',
    EXTERNAL_ELASTICSEARCH_URL: 'http://search.example:9200',
    EXTERNAL_ELASTICSEARCH_TEMPLATES_USERNAME: 'installer',
    EXTERNAL_ELASTICSEARCH_TEMPLATES_PASSWORD: 'secret',
  };
  expect(composeAccess(env).sql).toEqual({
    host: 'tidb.example',
    port: 4000,
    user: 'shop_app',
    password: 'secret',
    database: 'shop',
  });
});

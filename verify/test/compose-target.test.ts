import { readFileSync } from 'node:fs';
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

import { createLogger } from '@tidb-cdc/runtime/log';
import { expect, test } from 'vitest';
import { configuredSystem } from '../src/configured-system.ts';
import { readSettings } from '../src/settings.ts';

const log = createLogger({ level: 'silent', dataset: 'cdc.console' });
const open = { CONSOLE_WRITE: 'true', CONSOLE_SQL: 'true', DATABASE_APP_PASSWORD: 'secret' };

function systemOf(env: Record<string, string>) {
  return configuredSystem(readSettings(env), log);
}

test('changes nothing unless it is told that it may', () => {
  expect(systemOf({})).toMatchObject({ canReplay: false });
  expect(systemOf({})).not.toHaveProperty('sql');
  expect(systemOf(open)).toMatchObject({ canReplay: true, sql: { appUser: 'shop_app', appPassword: 'secret' } });
});

test('has no SQL box without the demo, whose user it runs as', () => {
  expect(systemOf({ ...open, DEMO: 'off' })).not.toHaveProperty('sql');
});

test('enters Elasticsearch with its login', () => {
  const { elasticsearch } = systemOf({ ELASTICSEARCH_USERNAME: 'console', ELASTICSEARCH_PASSWORD: 'secret' });
  expect(elasticsearch).toEqual({
    url: 'http://127.0.0.1:9200',
    login: { username: 'console', password: 'secret' },
  });
});

test.each([
  [{ ELASTICSEARCH_USERNAME: 'console' }, /ELASTICSEARCH_PASSWORD is not set/],
  [{ KAFKA_PASSWORD: 'secret' }, /KAFKA_USERNAME is not set/],
  [{ ELASTICSEARCH_CA_FILE: '/nowhere.pem' }, /ELASTICSEARCH_CA_FILE=\/nowhere\.pem: cannot be read/],
])('names what is wrong in %o', (env, message) => {
  expect(() => systemOf(env)).toThrow(message);
});

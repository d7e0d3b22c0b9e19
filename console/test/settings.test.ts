import { describe, expect, test } from 'vitest';
import { readSettings } from '../src/settings.ts';

const open = { CONSOLE_WRITE: 'true', CONSOLE_SQL: 'true', DATABASE_APP_PASSWORD: 'secret' };

test('without any the console shows the system of this machine, and changes nothing', () => {
  expect(readSettings({})).toMatchObject({
    ...{ HTTP_HOST: '127.0.0.1', HTTP_PORT: 8080, HTTP_NAMES: [] },
    ...{ CONSOLE_WRITE: 'false', CONSOLE_SQL: 'false' },
    ...{ KAFKA_TOPICS: ['cdc-events'], KAFKA_DEAD_LETTER_TOPIC: 'cdc-events.dead-letter' },
    CONSUMER_URL: 'http://127.0.0.1:9464',
  });
});

test('names are separated by commas', () => {
  expect(readSettings({ HTTP_NAMES: 'console.example, 10.0.0.7' }).HTTP_NAMES).toEqual(['console.example', '10.0.0.7']);
});

test('the SQL box opens with a setting, the right to write and a login', () => {
  expect(readSettings(open)).toMatchObject({ CONSOLE_SQL: 'true' });
});

describe('is refused, by name:', () => {
  test.each([
    [
      'an address that others reach, without a login',
      { HTTP_HOST: '0.0.0.0' },
      /HTTP_HOST=0\.0\.0\.0: .*CONSOLE_PASSWORD/,
    ],
    ['a SQL box that may not write', { ...open, CONSOLE_WRITE: 'false' }, /CONSOLE_SQL=true: .*CONSOLE_WRITE=true/],
    ['a SQL box without a login', { ...open, DATABASE_APP_PASSWORD: '' }, /CONSOLE_SQL=true: .*DATABASE_APP_PASSWORD/],
    ['a name with a port', { HTTP_NAMES: 'console.example:80' }, /HTTP_NAMES=console\.example:80: must be a host name/],
    ['a flag that is neither', { CONSOLE_WRITE: 'yes' }, /CONSOLE_WRITE=yes: must be one of true, false/],
  ])('%s', (_, env, message) => {
    expect(() => readSettings(env)).toThrow(message);
  });
});

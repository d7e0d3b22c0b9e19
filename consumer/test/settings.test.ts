import { SettingsError } from '@tidb-cdc/runtime/environment';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../src/settings.ts';

function linesOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.lines;
    throw error;
  }
  return [];
}

test('the defaults run against this machine', () => {
  expect(readSettings({})).toEqual({
    KAFKA_BROKERS: ['127.0.0.1:9092'],
    KAFKA_TOPICS: ['cdc-events'],
    KAFKA_PROTOCOL: 'auto',
    DATABASE_PORT: 4_000,
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_GROUP_ID: 'cdc-consumer',
    KAFKA_DEAD_LETTER_TOPIC: 'cdc-events.dead-letter',
    EVENT_LOG: `${process.cwd()}/.state/events.ndjson`,
    EVENT_LOG_MAX_BYTES: 1_048_576,
    EVENT_LOG_ROTATE_BYTES: 67_108_864,
    EVENT_LOG_KEEP_FILES: 10,
    EVENT_LOG_NUDGE_SECONDS: 60,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 9464,
    LOG_LEVEL: 'info',
    METRICS_MAX_TABLES: 1_000,
    LIVENESS_TIMEOUT_SECONDS: 60,
    SHUTDOWN_TIMEOUT_SECONDS: 10,
  });
});

test('each setting is taken', () => {
  const settings = readSettings({
    KAFKA_BROKERS: 'a:1,b:2',
    KAFKA_TOPICS: 'one, two',
    EVENT_LOG: '/var/log/cdc/events.ndjson',
    EVENT_LOG_KEEP_FILES: '2',
    HTTP_HOST: '0.0.0.0',
    LOG_LEVEL: 'debug',
  });
  expect(settings).toMatchObject({
    KAFKA_BROKERS: ['a:1', 'b:2'],
    KAFKA_TOPICS: ['one', 'two'],
    EVENT_LOG: '/var/log/cdc/events.ndjson',
    EVENT_LOG_KEEP_FILES: 2,
    EVENT_LOG_NUDGE_SECONDS: 60,
    HTTP_HOST: '0.0.0.0',
    LOG_LEVEL: 'debug',
  });
});

test('a relative path of the event log becomes absolute', () => {
  expect(readSettings({ EVENT_LOG: 'events.ndjson' }).EVENT_LOG).toBe(`${process.cwd()}/events.ndjson`);
});

describe('a wrong setting', () => {
  const topicRule = 'must be a topic name: up to 249 letters, digits, dots, underscores and hyphens';
  test.each([
    ['KAFKA_BROKERS', 'localhost', 'must be host:port, several separated by commas'],
    ['KAFKA_TOPICS', 'a,b c', `${topicRule}; several separated by commas`],
    ['KAFKA_TOPICS', '..', `${topicRule}; several separated by commas`],
    ['KAFKA_DEAD_LETTER_TOPIC', 'ä', topicRule],
    ['EVENT_LOG', '/var/log/cdc', 'must be the path of a file that ends in .ndjson'],
    ['EVENT_LOG_MAX_BYTES', '1000', 'must be a whole number, at least 32768'],
    ['EVENT_LOG_ROTATE_BYTES', '64MB', 'must be a whole number, at least 32768'],
    ['EVENT_LOG_KEEP_FILES', '1', 'must be a whole number, at least 2'],
    ['HTTP_PORT', '0', 'must be a whole number, from 1 to 65535'],
    ['LOG_LEVEL', 'verbose', 'must be one of trace, debug, info, warn, error, fatal, silent'],
    ['LIVENESS_TIMEOUT_SECONDS', '1', 'must be a whole number, at least 30'],
    ['METRICS_MAX_TABLES', '0', 'must be a whole number, at least 1'],
    ['SHUTDOWN_TIMEOUT_SECONDS', '0', 'must be a whole number, at least 1'],
  ])('%s=%s', (name, value, rule) => {
    expect(linesOf({ [name]: value })).toEqual([`${name}=${value}: ${rule}`]);
  });

  test('does not hide another', () => {
    expect(linesOf({ HTTP_PORT: 'x', EVENT_LOG: 'y', LOG_LEVEL: 'z' })).toHaveLength(3);
  });

  test('is also one that does not go with another', () => {
    expect(linesOf({ KAFKA_TOPICS: 'a,b', KAFKA_DEAD_LETTER_TOPIC: 'b', EVENT_LOG_ROTATE_BYTES: '40000' })).toEqual([
      'KAFKA_DEAD_LETTER_TOPIC=b: must not be one of KAFKA_TOPICS, or each dead letter would be read and sent again',
      'EVENT_LOG_ROTATE_BYTES=40000: must be at least EVENT_LOG_MAX_BYTES (1048576), so that a segment holds a line',
    ]);
  });
});

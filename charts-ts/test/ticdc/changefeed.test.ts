import { changefeedFile } from '@tidb-cdc/jobs/changefeed/definition';
import { expect, test } from 'vitest';
import { consumer } from '../../src/consumer/compose.ts';
import { topics } from '../../src/kafka/topics.ts';
import { changefeedDefinition } from '../../src/ticdc/changefeed.ts';

const [topic] = topics();
const capture = ['shop.*'];

test('is what create-changefeed reads', () => {
  expect(
    changefeedFile.safeParse(changefeedDefinition({ capture, brokers: 'kafka:9092', topic })).error,
  ).toBeUndefined();
});

test('takes partitions, copies and the size limit from the topic', () => {
  const [larger] = topics({ replicationFactor: 3, minInsyncReplicas: 2, maxMessageBytes: 2_000_000 });
  const { sink_uri: uri } = changefeedDefinition({ capture, brokers: 'a:9092,b:9092', topic: larger });
  expect(uri).toBe(
    'kafka://a:9092,b:9092/cdc-events?protocol=canal-json&enable-tidb-extension=true&partition-num=3' +
      '&replication-factor=3&max-message-bytes=2000000&compression=gzip&required-acks=-1&auto-create-topic=false',
  );
});

test('names how TiCDC logs in to Kafka, and no login', () => {
  const { sink_uri: uri } = changefeedDefinition({ capture, brokers: 'kafka:9092', topic, saslMechanism: 'plain' });
  expect(uri).toMatch(/&sasl-mechanism=plain$/);
});

test('refuses a topic without a size limit', () => {
  const unlimited = { ...topic, config: {} };
  expect(() => changefeedDefinition({ capture, brokers: 'kafka:9092', topic: unlimited })).toThrow(
    "topic 'cdc-events' must set 'max.message.bytes'",
  );
});

test.each([
  ['canal-json', 'protocol=canal-json&enable-tidb-extension=true&'],
  ['debezium', 'protocol=debezium&enable-tidb-extension=true&'],
  ['open-protocol', 'protocol=open-protocol&partition-num='],
  ['simple', 'protocol=simple&partition-num='],
] as const)('writes %s with the options that the consumer needs', (protocol, parameters) => {
  const { sink_uri: uri, replica_config: config } = changefeedDefinition({
    capture,
    brokers: 'kafka:9092',
    topic,
    protocol,
  });
  expect(uri).toContain(parameters);
  // TiCDC refuses a large-message handle with debezium (its LargeMessageHandleConfig.AdjustAndValidate).
  expect(JSON.stringify(config).includes('handle-key-only')).toBe(protocol !== 'debezium');
});

test('consumer and changefeed have one protocol', () => {
  const { environment = {} } = consumer;
  const [, query = ''] = changefeedDefinition({ capture, brokers: 'kafka:9092', topic }).sink_uri.split('?');
  expect(new URLSearchParams(query).get('protocol')).toBe(environment.KAFKA_PROTOCOL);
});

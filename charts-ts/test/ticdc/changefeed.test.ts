import { createDecoder } from '@tidb-cdc/consumer/protocols/decoder';
import { consumerSettings } from '@tidb-cdc/consumer/settings';
import { changefeedFile } from '@tidb-cdc/jobs/changefeed/definition';
import { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import { type ProtocolName, protocolNames } from '@tidb-cdc/runtime/names';
import { describe, expect, test } from 'vitest';
import { bytesOf, keyOf, readVectors, type Vector } from '../../../consumer/test/support/vectors.ts';
import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { consumer } from '../../src/consumer/compose.ts';
import { topics } from '../../src/kafka/topics.ts';
import { fromEnvironment } from '../../src/kit/compose/service.ts';
import { choices } from '../../src/pipeline.ts';
import { changefeedDefinition } from '../../src/ticdc/changefeed.ts';
import { createChangefeed } from '../../src/ticdc/compose.ts';
import { manifestsOf, workloads } from '../support/manifests.ts';
import { kindWithImages } from '../support/profiles.ts';

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

/** The protocol in a sink URI. */
function protocolOf(uri: string): string | null {
  return new URLSearchParams(uri.slice(uri.indexOf('?'))).get('protocol');
}

describe('the protocol', () => {
  test('is canal-json where nobody says which', () => {
    const { sink_uri: uri } = changefeedDefinition({ capture, brokers: 'kafka:9092', topic });
    expect(protocolOf(uri)).toBe('canal-json');
    expect(choices.PROTOCOL).toBe('canal-json');
  });

  test.each(protocolNames)('%s of a profile is written by the changefeed and read by the consumer', (protocol) => {
    const manifests = manifestsOf({ ...kindWithImages, protocol });
    const [file = '{}'] = manifests.flatMap(({ data }) => data?.['changefeed.json'] ?? []);
    expect(protocolOf(changefeedFile.parse(JSON.parse(file)).sink_uri)).toBe(protocol);
    const pod = workloads(manifests).find(({ metadata }) => metadata.name === 'consumer')?.pod;
    const { value } = pod?.containers[0]?.env?.find(({ name }) => name === 'KAFKA_PROTOCOL') ?? {};
    expect(reads(value, protocol)).toBe(true);
  });

  test.each(protocolNames)('%s of .env is written by the changefeed and read by the consumer', (protocol) => {
    const { environment = {} } = createChangefeed(new Set());
    expect(environment.PROTOCOL).toEqual(fromEnvironment('PROTOCOL'));
    expect(createChangefeedSettings.shape.PROTOCOL.parse(protocol)).toBe(protocol);
    expect(reads(consumer(new Set()).environment?.KAFKA_PROTOCOL, protocol)).toBe(true);
  });
});

/** Whether a consumer with this KAFKA_PROTOCOL reads the first message that TiCDC wrote in a protocol. */
function reads(setting: unknown, protocol: ProtocolName): boolean {
  const decoder = createDecoder(consumerSettings.shape.KAFKA_PROTOCOL.parse(setting), recordedLog().log);
  const [first] = readVectors<Vector>(`${protocol}.jsonl`);
  if (first === undefined) throw new Error(`there is no message of ${protocol}`);
  const { kind } = decoder.decode({ topic: 'cdc-events', partition: 0 }, { key: keyOf(first), value: bytesOf(first) });
  return kind === (first.expected.rows.length > 0 ? 'rows' : 'schema-change');
}

import { protocolNames } from '@tidb-cdc/runtime/names';
import { expect, test } from 'vitest';
import { withProtocol } from '../../src/changefeed/protocol.ts';

const definition = {
  changefeed_id: 'cdc-events',
  sink_uri:
    'kafka://one:9092,two:9092/cdc-events?protocol=canal-json&enable-tidb-extension=true&sasl-password=a%26b&partition-num=3',
  replica_config: {
    filter: { rules: ['shop.*'] },
    sink: { kafka_config: { large_message_handle: { large_message_handle_option: 'handle-key-only' } } },
  },
};

test.each([
  ['canal-json', 'protocol=canal-json&enable-tidb-extension=true&'],
  ['debezium', 'protocol=debezium&enable-tidb-extension=true&'],
  ['open-protocol', 'protocol=open-protocol&'],
  ['simple', 'protocol=simple&'],
] as const)('writes %s with the options that the consumer needs, and keeps the others', (protocol, parameters) => {
  const uri = `kafka://one:9092,two:9092/cdc-events?${parameters}sasl-password=a%26b&partition-num=3`;
  expect(withProtocol(definition, protocol).sink_uri).toBe(uri);
});

test('hands over no large rows in debezium, where TiCDC refuses to (its LargeMessageHandleConfig)', () => {
  for (const protocol of protocolNames) {
    const { replica_config: config } = withProtocol(definition, protocol);
    const option = protocol === 'debezium' ? 'none' : 'handle-key-only';
    expect(config).toEqual({
      filter: { rules: ['shop.*'] },
      sink: { kafka_config: { large_message_handle: { large_message_handle_option: option } } },
    });
  }
});

test('leaves a changefeed as it is where none is named', () => {
  expect(withProtocol(definition, undefined)).toBe(definition);
});

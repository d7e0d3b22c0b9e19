import type { ProtocolName } from '@tidb-cdc/runtime/names';
import { type ChangefeedDefinition, sinkParameters } from './definition.ts';
import { mergeConfig } from './difference.ts';

/** The extension adds the commit time of each row to canal-json, and TiDB's types to debezium. The others have both. */
const extension: Readonly<Record<ProtocolName, Readonly<Record<string, string>>>> = {
  'canal-json': { 'enable-tidb-extension': 'true' },
  debezium: { 'enable-tidb-extension': 'true' },
  'open-protocol': {},
  simple: {},
};

/** TiCDC refuses any other option with debezium. It is set explicitly, because an update keeps missing members. */
const withoutLargeRows = {
  sink: { kafka_config: { large_message_handle: { large_message_handle_option: 'none' } } },
};

/** Switches the changefeed to a protocol, with the options that the consumer needs; undefined leaves it unchanged. */
export function withProtocol(
  definition: ChangefeedDefinition,
  protocol: ProtocolName | undefined,
): ChangefeedDefinition {
  if (protocol === undefined) return definition;
  const {
    protocol: _,
    'enable-tidb-extension': __,
    ...others
  } = Object.fromEntries(sinkParameters(definition.sink_uri));
  const parameters = new URLSearchParams({ protocol, ...extension[protocol], ...others });
  const [address] = definition.sink_uri.split('?', 1);
  return {
    ...definition,
    sink_uri: `${address}?${parameters}`,
    replica_config:
      protocol === 'debezium' ? mergeConfig(definition.replica_config, withoutLargeRows) : definition.replica_config,
  };
}

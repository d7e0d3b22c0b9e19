import type { ChangefeedDefinition } from '@tidb-cdc/jobs/changefeed/definition';
import { withProtocol } from '@tidb-cdc/jobs/changefeed/protocol';
import { defined } from '@tidb-cdc/runtime/defined';
import type { ProtocolName } from '@tidb-cdc/runtime/names';
import type { Topic } from '../kafka/topics.ts';
import { changefeedId, changefeedProtocol } from '../pipeline.ts';

export interface ChangefeedOptions {
  /** `host:port` of Kafka's brokers as seen from TiCDC, separated by commas. */
  readonly brokers: string;
  /** The tables to capture, as rules of TiCDC's table filter. */
  readonly capture: readonly string[];
  /** The topic it writes to, as `create-topic` creates it. Without partitions, TiCDC uses those of the topic. */
  readonly topic: Pick<Topic, 'topic' | 'config'> & Partial<Topic>;
  /** The protocol of its messages. @default the pipeline's */
  readonly protocol?: ProtocolName | undefined;
  /** How TiCDC logs in to Kafka; the job `create-changefeed` adds name and password. @default no login */
  readonly saslMechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  /** Whether Kafka's listener is encrypted. @default false */
  readonly tls?: boolean;
  /** The path in TiCDC's container of the listener's certificate authority. @default those of the container's system */
  readonly caFile?: string;
}

/**
 * The changefeed as the job `create-changefeed` reads it from its CHANGEFEED_FILE.
 * @throws Error if the topic does not set its largest message
 */
export function changefeedDefinition(options: ChangefeedOptions): ChangefeedDefinition {
  const { protocol = changefeedProtocol } = options;
  const definition = {
    changefeed_id: changefeedId,
    sink_uri: sinkUri(options),
    replica_config: {
      filter: { rules: options.capture },
      // A table without a key cannot be replicated. One such table must not stop the replication of all others.
      ignore_ineligible_table: true,
      sink: {
        // Partitioned by key: the changes of a row stay in order on one partition, and the load is spread.
        dispatchers: [{ matcher: ['*.*'], partition: 'index-value' }],
        // A row over the limit arrives with its key only. Without this setting it would stop the changefeed.
        kafka_config: { large_message_handle: { large_message_handle_option: 'handle-key-only' } },
      },
    },
  };
  return withProtocol(definition, protocol);
}

/**
 * The sink URI. Partitions and limits come from the topic: TiCDC refuses a changefeed with more partitions than the
 * topic has, or with larger messages. `kafka-version` is left out, so that TiCDC asks the broker.
 */
function sinkUri(options: ChangefeedOptions): string {
  const { brokers, topic, saslMechanism, tls = false, caFile } = options;
  const maxMessageBytes = topic.config['max.message.bytes'];
  if (maxMessageBytes === undefined) {
    throw new Error(`topic '${topic.topic}' must set 'max.message.bytes': the changefeed's limit has to be the same`);
  }
  const parameters = {
    ...defined({ 'partition-num': topic.partitions?.toString() }),
    ...defined({ 'replication-factor': topic.replicationFactor?.toString() }),
    'max-message-bytes': maxMessageBytes,
    compression: 'gzip',
    'required-acks': '-1',
    'auto-create-topic': 'false',
    ...defined({ 'sasl-mechanism': saslMechanism, 'enable-tls': tls ? 'true' : undefined, ca: caFile }),
  };
  return `kafka://${brokers}/${topic.topic}?${new URLSearchParams(parameters)}`;
}

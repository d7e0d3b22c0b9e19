import type { ChangefeedDefinition } from '@tidb-cdc/jobs/changefeed/definition';
import { withProtocol } from '@tidb-cdc/jobs/changefeed/protocol';
import { defined } from '@tidb-cdc/runtime/defined';
import type { ProtocolName } from '@tidb-cdc/runtime/names';
import type { Topic } from '../kafka/topics.ts';
import { changefeedId, changefeedProtocol } from '../pipeline.ts';

export interface ChangefeedOptions {
  /** `host:port` of Kafka's brokers as TiCDC reaches them, separated by commas. */
  readonly brokers: string;
  /** Which tables it captures, as rules of TiCDC's table filter. */
  readonly capture: readonly string[];
  /** The topic it writes to, as `create-topic` makes it; without partitions, TiCDC takes those that it has. */
  readonly topic: Pick<Topic, 'topic' | 'config'> & Partial<Topic>;
  /** How it writes changes. @default the pipeline's */
  readonly protocol?: ProtocolName | undefined;
  /** How TiCDC logs in to Kafka; the login itself is added by the job `create-changefeed`. @default no login */
  readonly saslMechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  /** Whether Kafka's listener is encrypted. @default false */
  readonly tls?: boolean;
  /** Where TiCDC finds the certificate authority of the listener. @default those of its own system */
  readonly caFile?: string;
}

/**
 * The changefeed as the job `create-changefeed` reads it from its CHANGEFEED_FILE.
 * @throws Error where the topic says nothing of its largest message
 */
export function changefeedDefinition(options: ChangefeedOptions): ChangefeedDefinition {
  const { protocol = changefeedProtocol } = options;
  const definition = {
    changefeed_id: changefeedId,
    sink_uri: sinkUri(options),
    replica_config: {
      filter: { rules: options.capture },
      // A table without a key cannot be replicated; one such table must not keep all others from it.
      ignore_ineligible_table: true,
      sink: {
        // By key: the changes of one row stay in order on one partition, and the load spreads.
        dispatchers: [{ matcher: ['*.*'], partition: 'index-value' }],
        // Without it one row over the limit halts the changefeed; with it such a row arrives with its key only.
        kafka_config: { large_message_handle: { large_message_handle_option: 'handle-key-only' } },
      },
    },
  };
  return withProtocol(definition, protocol);
}

/**
 * Partitions and limits come from the topic itself: more partitions than it has, or a larger message, and TiCDC refuses
 * the changefeed. `kafka-version` is left out, so that TiCDC asks the broker.
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

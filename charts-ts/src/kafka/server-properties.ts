import { deadLetterHeadroom, defaultMaxMessageBytes } from './topics.ts';

export interface ServerPropertiesOptions {
  /** Address that clients connect to, `host:port`. */
  readonly advertised: string;
  /** Address the broker listens on for clients, `host:port`. */
  readonly listen: string;
  /** Address of the controller, `host:port`: one node is broker and controller. */
  readonly controller: string;
  /** Folder of the log segments. */
  readonly dataDir: string;
  /** Largest message, in bytes. @default as the topics' */
  readonly maxMessageBytes?: number;
}

/**
 * server.properties of one KRaft node that is broker and controller, for the targets with a single broker.
 * Every internal topic has one copy: with the default of three the first consumer group would never form.
 */
export function serverProperties(options: ServerPropertiesOptions): Readonly<Record<string, string>> {
  const { advertised, listen, controller, dataDir, maxMessageBytes = defaultMaxMessageBytes } = options;
  const largest = String(maxMessageBytes + deadLetterHeadroom);
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.bootstrap.servers': controller,
    listeners: `PLAINTEXT://${listen},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${advertised},CONTROLLER://${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataDir,
    'num.partitions': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A topic that a typing error creates would swallow events: create-topic makes the ones there are.
    'auto.create.topics.enable': 'false',
    'message.max.bytes': largest,
    'replica.fetch.max.bytes': largest,
  };
}

/** The text of a Java properties file; keys and values need no escapes as long as they hold no line break. */
export function renderProperties(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => {
      if (/[\r\n\\]/.test(value))
        throw new Error(`'${key}' (${JSON.stringify(value)}) must not hold a line break or a backslash`);
      return `${key}=${value}\n`;
    })
    .join('');
}

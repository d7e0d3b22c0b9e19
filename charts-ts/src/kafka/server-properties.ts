import { deadLetterHeadroom, defaultMaxMessageBytes } from './topics.ts';

export interface ServerPropertiesOptions {
  /** Address that clients connect to, `host:port`. */
  readonly advertised: string;
  /** Address that the broker listens on for clients, `host:port`. */
  readonly listen: string;
  /** Address of the controller, `host:port`. The node is both broker and controller. */
  readonly controller: string;
  /** Folder of the log segments. */
  readonly dataDir: string;
  /** Largest message, in bytes. @default the same as the topics' */
  readonly maxMessageBytes?: number;
  /** The login that clients need. @default none: for a target where only this machine reaches the broker */
  readonly login?: BrokerLogin;
}

/** The one login of a broker that requires one. */
export interface BrokerLogin {
  readonly username: string;
  /** Environment variable of the broker that holds the password. */
  readonly passwordVariable: string;
  /** Address for the broker's own requests, `host:port`. It needs no login, so it must be on the loopback interface. */
  readonly internal: string;
  /** Address for clients that cannot use the advertised one. Its port is in an environment variable of the broker. */
  readonly outside: { readonly listen: string; readonly advertisedHost: string; readonly portVariable: string };
}

/** How clients log in to a broker that requires it. */
export const saslMechanism = 'plain';

/**
 * server.properties of one KRaft node that is both broker and controller, for the targets with a single broker.
 * Internal topics have one replica: with the default of three, the first consumer group would never form.
 */
export function serverProperties(options: ServerPropertiesOptions): Readonly<Record<string, string>> {
  const { controller, dataDir, login, maxMessageBytes = defaultMaxMessageBytes } = options;
  const largest = String(maxMessageBytes + deadLetterHeadroom);
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.bootstrap.servers': controller,
    ...(login === undefined ? openListeners(options) : guardedListeners(options, login)),
    'controller.listener.names': 'CONTROLLER',
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
    // create-topic creates all topics. A topic created by a typing error would swallow events.
    'auto.create.topics.enable': 'false',
    'message.max.bytes': largest,
    'replica.fetch.max.bytes': largest,
  };
}

function openListeners({ listen, advertised, controller }: ServerPropertiesOptions): Record<string, string> {
  return {
    listeners: `PLAINTEXT://${listen},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${advertised},CONTROLLER://${controller}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
  };
}

/** The broker reads the password from its environment at each start: it is in no file, and a restart changes it. */
function guardedListeners(options: ServerPropertiesOptions, login: BrokerLogin): Record<string, string> {
  const { listen, advertised, controller } = options;
  const { username, passwordVariable, internal, outside } = login;
  const outsideAddress = `${outside.advertisedHost}:\${env:${outside.portVariable}}`;
  const plainLogin = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  const jaas = `${plainLogin} user_${username}="\${env:${passwordVariable}}";`;
  return {
    listeners: `CLIENTS://${listen},OUTSIDE://${outside.listen},INTERNAL://${internal},CONTROLLER://${controller}`,
    'advertised.listeners':
      `CLIENTS://${advertised},OUTSIDE://${outsideAddress},` + `INTERNAL://${internal},CONTROLLER://${controller}`,
    'listener.security.protocol.map':
      'CLIENTS:SASL_PLAINTEXT,OUTSIDE:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',
    'sasl.enabled.mechanisms': saslMechanism.toUpperCase(),
    'listener.name.clients.plain.sasl.jaas.config': jaas,
    'listener.name.outside.plain.sasl.jaas.config': jaas,
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
  };
}

/**
 * Renders a Java properties file.
 * @throws Error if a value contains a line break or a backslash, which would have to be escaped
 */
export function renderProperties(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => {
      if (/[\r\n\\]/.test(value))
        throw new Error(`'${key}' (${JSON.stringify(value)}) must not hold a line break or a backslash`);
      return `${key}=${value}\n`;
    })
    .join('');
}

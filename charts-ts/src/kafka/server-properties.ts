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
  /** What clients need to be let in. @default nothing: for a target where only this machine reaches the broker */
  readonly login?: BrokerLogin;
}

/** The one login of a broker that lets nobody in without. */
export interface BrokerLogin {
  readonly username: string;
  /** Environment variable of the broker that holds the password. */
  readonly passwordVariable: string;
  /** Address for the broker's own requests, `host:port`; without login, so it must be one of the loopback interface. */
  readonly internal: string;
  /** Another address for clients that do not know the advertised one, at a port that a variable of the broker holds. */
  readonly outside: { readonly listen: string; readonly advertisedHost: string; readonly portVariable: string };
}

/** How clients log in to a broker that asks for it. */
export const saslMechanism = 'plain';

/**
 * server.properties of one KRaft node that is broker and controller, for the targets with a single broker.
 * Every internal topic has one copy: with the default of three the first consumer group would never form.
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
    // A topic that a typing error creates would swallow events: create-topic makes the ones there are.
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

/** The password is read from the environment at each start, so that it stands in no file and changes with a restart. */
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
 * The text of a Java properties file.
 * @throws Error where a value would need an escape: it holds a line break or a backslash
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

import {
  consolePort,
  consumerPort,
  database,
  databasePort,
  eventsAlias,
  type ProtocolName,
} from '@tidb-cdc/runtime/names';

export {
  appUser,
  consumerGroup,
  database,
  deadLetterTopic,
  eventsAlias,
  eventsTopic,
  rejectedIndex,
} from '@tidb-cdc/runtime/names';

/**
 * The systems of the pipeline, and the names and ports that they share on every target. The project's design fixes
 * them: users type them and dashboards query them. Each system is described in the folder of its name.
 */

/** Ports of the systems on the user's own machine; a port offset shifts all of them. */
export const ports = {
  sql: databasePort,
  kafka: 9092,
  kafkaController: 9094,
  elasticsearch: 9200,
  elasticsearchTransport: 9300,
  filebeat: 5066,
  prometheus: 9090,
  consumer: consumerPort,
  console: consolePort,
} as const;

/** Names of those ports. */
export type PortName = keyof typeof ports;

/**
 * The systems in the direction of the flow, each with the ports that it listens on where it has an address of its own.
 * `kafka.outside` is for clients that reach Kafka at another address than the systems do; `kafka.internal` is for the
 * broker itself.
 */
export const systems = {
  pd: { client: 2379, peer: 2380 },
  tikv: { server: 20160, status: 20180 },
  tidb: { sql: ports.sql, status: 10080 },
  ticdc: { api: 8300 },
  kafka: { clients: ports.kafka, outside: 9095, controller: ports.kafkaController, internal: 9096 },
  consumer: { http: ports.consumer },
  elasticsearch: { http: ports.elasticsearch, transport: ports.elasticsearchTransport },
  filebeat: { status: ports.filebeat },
  prometheus: { http: ports.prometheus },
  alertmanager: { http: 9093 },
  grafana: { http: 3000 },
  'json-exporter': { http: 7979 },
  console: { http: ports.console },
} as const;

/**
 * The protocol in which TiCDC writes changes to Kafka unless `.env` or the profile names another; docs/protocols.md
 * compares them. The consumer detects the protocol of each message, so it also reads messages from before a switch.
 */
export const changefeedProtocol: ProtocolName = 'canal-json';

/** Names of the systems. */
export type SystemName = keyof typeof systems;
/** Names of a system's ports. */
export type SystemPort<S extends SystemName> = keyof (typeof systems)[S];

/** `host:port` of a system whose name is its host. */
export function address<S extends SystemName>(system: S, port: SystemPort<S>): string {
  return `${system}:${systems[system][port]}`;
}

/**
 * Default ports of the compose target on 127.0.0.1 of the host, keyed by the variable in `.env` that changes one if
 * another program uses it.
 */
export const hostPorts = {
  PORT_SQL: ports.sql,
  PORT_TICDC: systems.ticdc.api,
  PORT_KAFKA: ports.kafka,
  PORT_CONSUMER: ports.consumer,
  PORT_ELASTICSEARCH: ports.elasticsearch,
  PORT_PROMETHEUS: ports.prometheus,
  PORT_ALERTMANAGER: systems.alertmanager.http,
  PORT_GRAFANA: systems.grafana.http,
  PORT_CONSOLE: ports.console,
} as const;

export type HostPortName = keyof typeof hostPorts;

/** Tables of the demo that are captured. */
export const demoCapture = [`${database}.*`] as const;

/** What users can choose in `.env` of the compose target, with the defaults. */
export const choices = { CAPTURE: demoCapture.join(','), PROTOCOL: changefeedProtocol, DEMO: 'on' } as const;

export type ChoiceName = keyof typeof choices;

/** Ports of a Kubernetes node; kind-config.yaml maps them to 127.0.0.1 of the host. */
export const nodePorts = { grafana: 30300, tidb: 30400, prometheus: 30909 } as const;

/**
 * Passwords of the compose target, by the name of their variable. The values are in `.env`; no generated file contains
 * them.
 */
export const credentials = {
  TIDB_ROOT_PASSWORD: 'TiDB: root',
  TIDB_APP_PASSWORD: 'TiDB: the application',
  TICDC_PASSWORD: 'TiDB: the user as whom changefeeds are created and changed',
  KAFKA_PASSWORD: 'Kafka: its one user',
  ELASTIC_PASSWORD: 'Elasticsearch: the superuser elastic',
  FILEBEAT_PASSWORD: 'Elasticsearch: filebeat, which adds documents',
  GRAFANA_ELASTICSEARCH_PASSWORD: 'Elasticsearch: grafana, which reads documents',
  ELASTICSEARCH_MONITOR_PASSWORD: 'Elasticsearch: monitor, which reads cluster health',
  ELASTICSEARCH_CONSOLE_PASSWORD: 'Elasticsearch: console, which reads documents and refused ones',
  GRAFANA_ADMIN_PASSWORD: 'Grafana: admin',
  CONSOLE_PASSWORD: 'the console page: admin',
} as const;

export type CredentialName = keyof typeof credentials;

/** The one-shot programs in `jobs/`, and the workload generator, by file name. */
export const jobs = [
  'migrate-database',
  'create-topic',
  'install-index-template',
  'create-changefeed',
  'seed-database',
  'generate-workload',
] as const;

export type JobName = (typeof jobs)[number];

/** The jobs that run on Kubernetes. Strimzi creates the topics there, and no workload runs. */
export const clusterJobs = [
  'create-secrets',
  'install-index-template',
  'migrate-database',
  'create-changefeed',
  'seed-database',
] as const;

export type ClusterJobName = (typeof clusterJobs)[number];

/** ID of the changefeed that writes the row changes to the topic. */
export const changefeedId = 'cdc-events';

/** The indices behind the alias, one per commit day (UTC); and the name of an event's index in Filebeat's notation. */
export const dailyIndices = `${eventsAlias}-*.*.*`;
export const dailyIndex = `${eventsAlias}-%{+yyyy.MM.dd}`;

/** How long targets without a profile keep events, in Kafka (where they can be read again) and in Elasticsearch. */
export const defaultRetention = '7d';

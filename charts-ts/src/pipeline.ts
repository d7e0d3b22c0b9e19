/**
 * The systems of the pipeline and the names and ports on which they meet, whatever the target. Fixed by the project's
 * design: changing one changes what users type and what dashboards ask for. What a system is stands in the folder of
 * its name.
 */

/** Ports of the systems on the machine that a person uses; a port offset shifts them all alike. */
export const ports = {
  sql: 4000,
  kafka: 9092,
  kafkaController: 9094,
  elasticsearch: 9200,
  elasticsearchTransport: 9300,
  filebeat: 5066,
  prometheus: 9090,
  consumer: 9464,
  console: 8080,
} as const;

/** Names of a system's ports. */
export type PortName = keyof typeof ports;

/**
 * The systems in the direction of the flow, each with the ports on which it listens where it has an address of its own.
 * `kafka.outside` is for clients that know Kafka by another address than the systems do, `kafka.internal` the broker's
 * own.
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
} as const;

export type SystemName = keyof typeof systems;
export type SystemPort<S extends SystemName> = keyof (typeof systems)[S];

/** `host:port` of a system where its name is its host. */
export function address<S extends SystemName>(system: S, port: SystemPort<S>): string {
  return `${system}:${systems[system][port]}`;
}

/** The one-shot programs of `jobs/`, and the workload generator, by the name of their file. */
export const jobs = [
  'migrate-database',
  'create-topic',
  'install-index-template',
  'create-changefeed',
  'seed-database',
  'generate-workload',
] as const;

export type JobName = (typeof jobs)[number];

/** Database of the demo application. */
export const database = 'shop';

/** The application's user: reads and writes rows of `shop`, nothing more. */
export const appUser = 'shop_app';

/** Topic of the row changes, and the one of messages that nobody could decode. */
export const eventsTopic = 'cdc-events';
export const deadLetterTopic = 'cdc-events.dead-letter';

/** The changefeed that writes the row changes to the topic. */
export const changefeedId = 'cdc-events';

/** Elasticsearch data stream of the events. */
export const dataStream = 'cdc-events';

/** Index of the documents that Elasticsearch refused, each as text with the reason. */
export const rejectedIndex = 'cdc-events-rejected';

/** Kafka's consumer group of the consumer. */
export const consumerGroup = 'cdc-consumer';

/**
 * The names and ports on which the parts of the system meet, whatever the target. Fixed by the project's design:
 * changing one changes what users type and what dashboards ask for.
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

/** Database of the demo application. */
export const database = 'shop';

/** The application's user: reads and writes rows of `shop`, nothing more. */
export const appUser = 'shop_app';

/** Elasticsearch data stream of the events. */
export const dataStream = 'cdc-events';

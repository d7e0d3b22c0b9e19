import { ports, systems } from '../pipeline.ts';

/**
 * Ports on 127.0.0.1 of the machine, by the variable that moves one where another program has it, and each with its
 * default.
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
} as const;

export type HostPortName = keyof typeof hostPorts;

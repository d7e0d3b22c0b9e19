/** Ports of a node, as kind-config.yaml maps them to 127.0.0.1 of the machine. */
export const nodePorts = { grafana: 30300, tidb: 30400, prometheus: 30909 } as const;

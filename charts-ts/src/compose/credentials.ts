/**
 * Passwords of the compose target by the name of their variable. The values are in `.env`; a file that is generated
 * holds none.
 */
export const credentials = {
  TIDB_ROOT_PASSWORD: 'TiDB: root',
  TIDB_APP_PASSWORD: 'TiDB: the application',
  TICDC_PASSWORD: 'TiDB: the user as whom changefeeds are created and changed',
  KAFKA_PASSWORD: 'Kafka: its one user',
  ELASTIC_PASSWORD: 'Elasticsearch: the superuser elastic',
  FILEBEAT_PASSWORD: 'Elasticsearch: filebeat, which adds documents',
  GRAFANA_ELASTICSEARCH_PASSWORD: 'Elasticsearch: grafana, which reads documents',
  ELASTICSEARCH_MONITOR_PASSWORD: 'Elasticsearch: monitor, which reads how the cluster does',
  GRAFANA_ADMIN_PASSWORD: 'Grafana: admin',
} as const;

export type CredentialName = keyof typeof credentials;

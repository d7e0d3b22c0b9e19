import type { AlertGroup } from './rule.ts';

/** Kafka's brokers, where Strimzi's metrics reporter runs in them. */
export const kafkaAlerts: AlertGroup = {
  name: 'cdc-kafka',
  needs: ['kafka'],
  alerts: [
    {
      alert: 'KafkaUnderReplicated',
      expr: 'sum(kafka_server_replicamanager_underreplicatedpartitions) > 0',
      for: '5m',
      severity: 'warning',
      summary: 'Kafka misses copies of partitions',
      description: '{{ $value }} partitions have had fewer copies in sync than they should for five minutes.',
    },
  ],
};

/** Whatever is scraped. */
export const targetAlerts: AlertGroup = {
  name: 'cdc-targets',
  needs: [],
  alerts: [
    {
      alert: 'TargetDown',
      expr: 'up == 0',
      for: '2m',
      severity: 'warning',
      summary: '{{ $labels.job }} does not answer',
      description: '{{ $labels.job }} at {{ $labels.instance }} has not answered Prometheus for two minutes.',
    },
  ],
};

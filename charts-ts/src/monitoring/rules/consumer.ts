import type { AlertGroup } from './rule.ts';

/** Alerts about the consumer: whether it is up, reads, keeps up, and writes every event once. */
export const consumerAlerts: AlertGroup = {
  name: 'cdc-consumer',
  needs: ['consumer'],
  alerts: [
    {
      alert: 'ConsumerDown',
      expr: 'absent(up{job="consumer"} == 1)',
      for: '1m',
      severity: 'critical',
      summary: 'No consumer is up',
      description: 'No instance of the consumer has answered Prometheus for a minute. Events wait in Kafka.',
    },
    {
      alert: 'ConsumerUnassigned',
      expr: 'sum(cdc_consumer_assigned_partitions) == 0',
      for: '2m',
      severity: 'critical',
      summary: 'The consumer reads no partition',
      description:
        'The consumer is up and no partition of the topic is assigned to it: Kafka does not answer, the topic is missing, or the group cannot form.',
    },
    {
      alert: 'ConsumerStalled',
      expr: 'delta(topic_partition:cdc_consumer_offset:max[5m]) == 0 and delta(topic_partition:cdc_consumer_lag:max[5m]) > 0',
      for: '2m',
      severity: 'critical',
      summary: 'Nothing is consumed while the topic grows',
      description:
        'Partition {{ $labels.partition }} of {{ $labels.topic }} has grown for five minutes and its offset has not moved.',
    },
    {
      alert: 'ConsumerLagRising',
      expr: 'deriv(topic:cdc_consumer_lag:sum[10m]) > 0 and topic:cdc_consumer_lag:sum > 1000',
      for: '10m',
      severity: 'warning',
      summary: 'The consumer falls behind',
      description:
        'The lag of {{ $labels.topic }} has grown by {{ $value | humanize }} messages per second for twenty minutes.',
    },
    {
      alert: 'EventDelayHigh',
      expr: 'cdc_event_delay_seconds:p99_5m > 30',
      for: '5m',
      severity: 'warning',
      summary: 'Events arrive late',
      description:
        'One event in a hundred took more than {{ $value | humanizeDuration }} from its commit to the event log.',
    },
    {
      alert: 'DeadLettersAppeared',
      expr: 'sum by (reason) (increase(cdc_dead_letters_total[10m])) > 0',
      for: '0m',
      severity: 'warning',
      summary: 'Messages cannot be decoded',
      description: 'Messages went to the dead-letter topic in the last ten minutes, reason {{ $labels.reason }}.',
    },
    {
      alert: 'MessagesLost',
      expr: 'sum by (topic, partition) (increase(cdc_messages_lost_total[1h])) > 0',
      for: '0m',
      severity: 'critical',
      summary: 'Kafka has dropped messages that nobody read',
      description:
        'Partition {{ $labels.partition }} of {{ $labels.topic }} dropped messages before the consumer read them: their changes are neither counted nor searchable.',
    },
    {
      alert: 'DuplicatesHigh',
      expr: 'sum(rate(cdc_duplicate_events_total[10m])) / sum(rate(cdc_events_total[10m])) > 0.1',
      for: '15m',
      severity: 'warning',
      summary: 'Many events are delivered more than once',
      description: '{{ $value | humanizePercentage }} of the events in the last ten minutes had been delivered before.',
    },
    {
      alert: 'EventLogNotWritable',
      expr: 'cdc_event_log_writable == 0',
      for: '1m',
      severity: 'critical',
      summary: 'The event log cannot be written',
      description:
        '{{ $labels.instance }} has failed to write the event log for a minute. It commits nothing and keeps retrying.',
    },
  ],
};

import { lagByPartition } from '../../queries.ts';
import type { PanelSource } from '../common.ts';
import { type Figure, figurePanels } from './figures.ts';

const offsets = 'max by (topic, partition) (cdc_consumer_offset)';

/** What the consumer knows about its topic, wherever Kafka runs. */
const seenByTheConsumer: readonly Figure[] = [
  {
    title: 'Messages written per second',
    description: 'How fast the topic grows, watermarks included, by what the consumer knows of its end.',
    unit: 'ops',
    queries: {
      [`sum by (topic) (deriv((${offsets} + ${lagByPartition})[2m:]))`]: '{{topic}}',
    },
  },
  {
    title: 'Messages read per second',
    description: 'How fast the consumer goes through the topic.',
    unit: 'ops',
    queries: { [`sum by (topic) (deriv((${offsets})[2m:]))`]: '{{topic}}' },
  },
  {
    title: 'Consumer lag',
    description: 'Messages that are not processed yet.',
    unit: 'short',
    queries: { [lagByPartition]: '{{topic}}/{{partition}}' },
  },
];

/**
 * The brokers' metrics from Strimzi's metrics reporter, which names a metric after its MBean in lower case. Names as in
 * Strimzi 1.2.0's examples/metrics/strimzi-metrics-reporter/grafana-dashboards/strimzi-kafka.json.
 */
const seenByStrimzi: readonly Figure[] = [
  {
    title: 'Partitions in trouble',
    description: 'Partitions with too few copies in sync, and partitions without a leader. Should be none.',
    unit: 'short',
    queries: {
      'sum(kafka_server_replicamanager_underreplicatedpartitions)': 'under-replicated',
      'sum(kafka_controller_kafkacontroller_offlinepartitionscount)': 'offline',
    },
  },
  {
    title: 'Active controllers',
    description: 'Must be one.',
    unit: 'none',
    queries: { 'sum(kafka_controller_kafkacontroller_activecontrollercount)': 'controllers' },
  },
];

/** Kafka. The apache/kafka image exposes no metrics to Prometheus; there the row shows only the consumer's view. */
export function kafkaPanels(hasExporter: boolean): readonly PanelSource[] {
  return figurePanels(hasExporter ? [...seenByTheConsumer, ...seenByStrimzi] : seenByTheConsumer);
}

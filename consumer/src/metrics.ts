import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CounterMetric } from './counter-metric.ts';
import { type CounterName, type Counts, counterFamilies } from './counts.ts';
import { openMetricsContentType, renderOpenMetrics } from './open-metrics.ts';

/** What the metrics show but do not keep themselves. */
export interface MetricSources {
  readonly counts: Counts;
  /** Whether the last write to the event log succeeded. */
  readonly isWritable: () => boolean;
}

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Creates the consumer's metrics, including those of its process. */
export function createMetrics({ counts, isWritable }: MetricSources) {
  const registry = new Registry();
  const registers = [registry];
  for (const [name, { help, labels }] of Object.entries(counterFamilies)) {
    const series = () => counts.series(name as CounterName);
    new CounterMetric({ name, help, labelNames: labels, registers, series });
  }
  new Gauge({
    name: 'cdc_event_log_writable',
    help: '1 while the event log can be written, 0 while a write fails and is tried again.',
    registers,
    collect() {
      this.set(isWritable() ? 1 : 0);
    },
  });

  const processRegistry = new Registry();
  collectDefaultMetrics({ register: processRegistry });

  return {
    eventDelay: new Histogram({
      name: 'cdc_event_delay_seconds',
      help: 'From the commit of a row change in the database until its line was in the event log.',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600],
      registers,
    }),
    batchDuration: new Histogram({
      name: 'cdc_batch_duration_seconds',
      help: 'From the arrival of a batch until its offset was committed.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    ...createPartitionGauges(registers),
    expose: (accept: string | undefined) => expose(accept, processRegistry, registry),
  };
}

function createPartitionGauges(registers: Registry[]) {
  const watermark = new Gauge({
    name: 'cdc_watermark_timestamp_seconds',
    help: 'All changes committed before this time have arrived: the least over the assigned partitions that showed one.',
    registers,
  });
  // Absent until a watermark is seen: 0 would read as 1970.
  watermark.remove();
  return {
    watermark,
    lag: new Gauge({
      name: 'cdc_consumer_lag',
      help: 'Messages of a partition that are not yet processed.',
      labelNames: ['topic', 'partition'],
      registers,
    }),
    offset: new Gauge({
      name: 'cdc_consumer_offset',
      help: 'Next offset to read of a partition; what is before it is in the counters of the same scrape.',
      labelNames: ['topic', 'partition'],
      registers,
    }),
    assignedPartitions: new Gauge({
      name: 'cdc_consumer_assigned_partitions',
      help: 'Partitions that this consumer reads.',
      registers,
    }),
  };
}

/**
 * Returns OpenMetrics to a client that accepts it, otherwise the plain text format. Process metrics are collected
 * first, because they wait for timers. Ours are then read without a pause, so that they are consistent.
 */
async function expose(accept: string | undefined, processRegistry: Registry, registry: Registry): Promise<Exposition> {
  if (accept?.includes('application/openmetrics-text')) {
    const families = await processRegistry.getMetricsAsJSON();
    families.push(...(await registry.getMetricsAsJSON()));
    return { contentType: openMetricsContentType, body: renderOpenMetrics(families) };
  }
  const process = await processRegistry.metrics();
  return { contentType: registry.contentType, body: `${process}\n${await registry.metrics()}` };
}

import { Gauge, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { CounterMetric } from '../src/counter-metric.ts';
import { renderOpenMetrics } from '../src/open-metrics.ts';

test('counters have their time of birth after each series, within the family', async () => {
  const registry = new Registry();
  new CounterMetric({
    name: 'cdc_events_total',
    help: 'Row changes.',
    labelNames: ['tablename', 'operation'],
    registers: [registry],
    series: () => [
      { labels: { tablename: 'shop.orders', operation: 'insert' }, value: 3, created: 1_700_000_000_123 },
      { labels: { tablename: 'shop.orders', operation: 'delete' }, value: 0, created: 1_700_000_000_000 },
    ],
  });
  new CounterMetric({
    name: 'cdc_duplicate_events_total',
    help: 'Duplicates.',
    labelNames: [],
    registers: [registry],
    series: () => [{ labels: {}, value: 0, created: 1_700_000_001_500 }],
  });
  expect(renderOpenMetrics(await registry.getMetricsAsJSON())).toBe(
    [
      '# TYPE cdc_events counter',
      '# HELP cdc_events Row changes.',
      'cdc_events_total{tablename="shop.orders",operation="insert"} 3',
      'cdc_events_created{tablename="shop.orders",operation="insert"} 1700000000.123',
      'cdc_events_total{tablename="shop.orders",operation="delete"} 0',
      'cdc_events_created{tablename="shop.orders",operation="delete"} 1700000000',
      '# TYPE cdc_duplicate_events counter',
      '# HELP cdc_duplicate_events Duplicates.',
      'cdc_duplicate_events_total 0',
      'cdc_duplicate_events_created 1700000001.5',
      '# EOF',
      '',
    ].join('\n'),
  );
});

test('the bounds of a histogram are floats', async () => {
  const registry = new Registry();
  new Histogram({ name: 'delay_seconds', help: 'Delay.', buckets: [0.5, 10], registers: [registry] }).observe(2);
  expect(renderOpenMetrics(await registry.getMetricsAsJSON())).toBe(
    [
      '# TYPE delay_seconds histogram',
      '# HELP delay_seconds Delay.',
      'delay_seconds_bucket{le="0.5"} 0',
      'delay_seconds_bucket{le="10.0"} 1',
      'delay_seconds_bucket{le="+Inf"} 1',
      'delay_seconds_sum 2',
      'delay_seconds_count 1',
      '# EOF',
      '',
    ].join('\n'),
  );
});

test('text is escaped', async () => {
  const registry = new Registry();
  const gauge = new Gauge({ name: 'g', help: 'a "b"\n\\c', labelNames: ['tablename'], registers: [registry] });
  gauge.set({ tablename: 'we`ird "t\\ab\nle" 表' }, Number.POSITIVE_INFINITY);
  expect(renderOpenMetrics(await registry.getMetricsAsJSON())).toBe(
    '# TYPE g gauge\n# HELP g a \\"b\\"\\n\\\\c\ng{tablename="we`ird \\"t\\\\ab\\nle\\" 表"} +Inf\n# EOF\n',
  );
});

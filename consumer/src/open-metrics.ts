import { type MetricObjectWithValues, type MetricValue, type MetricValueWithName, Registry } from 'prom-client';
import type { CreatedValue } from './counter-metric.ts';

export const openMetricsContentType = Registry.OPENMETRICS_CONTENT_TYPE;

type Family = MetricObjectWithValues<MetricValue<string>>;

/**
 * Renders metrics in the OpenMetrics text format 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/), with a
 * `_created` line after each series of our counters. From it Prometheus knows that the series was 0 at that time, and
 * counts its very first increment. prom-client's own writer has no such lines, and renames its counters permanently.
 */
export function renderOpenMetrics(families: readonly Family[]): string {
  return `${families.flatMap(renderFamily).join('\n')}\n# EOF\n`;
}

function renderFamily(family: Family): string[] {
  // prom-client declares `type` as a numeric enum, but it holds the word.
  const type = String(family.type);
  const isCounter = type === 'counter';
  const name = isCounter ? family.name.replace(/_total$/, '') : family.name;
  const lines = [`# TYPE ${name} ${type}`, `# HELP ${name} ${escapeText(family.help)}`];
  for (const value of family.values) {
    const labels = renderLabels(value.labels);
    lines.push(`${isCounter ? `${name}_total` : sampleName(value, name)}${labels} ${renderNumber(value.value)}`);
    if (isCreated(value)) lines.push(`${name}_created${labels} ${value.created / 1_000}`);
  }
  return lines;
}

/** Returns the name of a sample: `<family>_bucket` or similar, or else the family's own name. */
function sampleName(value: MetricValue<string> | MetricValueWithName<string>, family: string): string {
  return 'metricName' in value && value.metricName !== undefined ? value.metricName : family;
}

function isCreated(value: MetricValue<string>): value is CreatedValue {
  return 'created' in value;
}

function renderLabels(labels: MetricValue<string>['labels']): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    // Bucket bounds are floats and must look like floats.
    const text = name === 'le' && Number.isInteger(value) ? `${value}.0` : String(value);
    return `${name}="${escapeText(text)}"`;
  });
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function renderNumber(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

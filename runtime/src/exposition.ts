/** One line of a Prometheus exposition. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? +(\S+)(?: .*)?$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/**
 * Parses an exposition in Prometheus's text format or in OpenMetrics. Both write a sample as
 * `name{label="value"} value [timestamp]`. Comments and empty lines are skipped.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 * @throws Error on any other line
 */
export function parseExposition(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const raw of text.split('\n')) {
    const content = raw.trim();
    if (content !== '' && !content.startsWith('#')) samples.push(parseLine(content));
  }
  return samples;
}

function parseLine(content: string): Sample {
  const [, name, labels = '', number = ''] = line.exec(content) ?? [];
  const value = parseNumber(number);
  if (name === undefined || value === undefined) {
    throw new Error(`not a line in Prometheus's text format: ${content.slice(0, 200)}`);
  }
  return { name, labels: parseLabels(labels), value };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(label)) {
    labels[name] = value.replaceAll(/\\[\\"n]/g, (escaped) => escapes[escaped] ?? escaped);
  }
  return labels;
}

/** Accepts infinities and NaN in any letter case, as Prometheus does: prom-client writes `Nan`. */
function parseNumber(text: string): number | undefined {
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-inf$/i.test(text)) return Number.NEGATIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? undefined : value;
}

/** Returns the sum of all series with this name; undefined when there is none. */
export function sumOf(samples: readonly Sample[], name: string): number | undefined {
  const values = samples.filter((sample) => sample.name === name).map((sample) => sample.value);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

import {
  type ElasticsearchQuery,
  interpolateVariables,
  type PrometheusQuery,
  type VariableChoice,
} from '@tidb-cdc/charts/monitoring/dashboards/panel-queries';
import { fetchText } from '@tidb-cdc/runtime/http';

/** A dashboard's time range, in seconds since the epoch, and the values chosen for its variables. */
export interface View {
  readonly from: number;
  readonly to: number;
  readonly choices: Readonly<Record<string, VariableChoice>>;
}

/** One line, slice or figure of a panel. */
export interface Series {
  /** Name in the legend. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** In order of time, without values that are not finite numbers. */
  readonly values: readonly number[];
}

/**
 * A document of a raw-document query, as Grafana's backend passes it to a panel (raw_response_processor.go in Grafana).
 */
export type RawDocument = Readonly<Record<string, unknown>>;

const stepSeconds = 5;

/**
 * Runs a panel's query on Prometheus.
 * @throws Error when Prometheus returns an error
 */
export async function askPrometheus(url: string, query: PrometheusQuery, view: View): Promise<readonly Series[]> {
  const expr = interpolateVariables(query.expr, view.choices);
  const time = query.instant
    ? { time: view.to.toFixed(3) }
    : { start: view.from.toFixed(3), end: view.to.toFixed(3), step: String(stepSeconds) };
  const path = query.instant ? 'query' : 'query_range';
  const text = await fetchText(`${url}/api/v1/${path}?${new URLSearchParams({ query: expr, ...time })}`);
  const { data } = JSON.parse(text) as PrometheusAnswer;
  return data.result.map(({ metric, value, values }) => ({
    name: query.legend.replace(/\{\{(\w+)\}\}/g, (_match, label: string) => metric[label] ?? ''),
    labels: metric,
    values: (values ?? (value === undefined ? [] : [value]))
      .map(([, number]) => Number(number))
      .filter(Number.isFinite),
  }));
}

interface PrometheusAnswer {
  data: { result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[] };
}

/**
 * Runs a panel's query on Elasticsearch, with the same body as Grafana's backend (data_query_processor.go in Grafana).
 */
export async function askElasticsearch(
  url: string,
  index: string,
  query: ElasticsearchQuery,
  view: View,
): Promise<readonly RawDocument[]> {
  const { timeField } = query;
  const range = { gte: Math.round(view.from * 1000), lte: Math.round(view.to * 1000), format: 'epoch_millis' };
  const lucene = { analyze_wildcard: true, query: interpolateVariables(query.lucene, view.choices) };
  const body = {
    size: query.size,
    query: { bool: { filter: [{ range: { [timeField]: range } }, { query_string: lucene }] } },
    sort: [{ [timeField]: { order: 'desc', unmapped_type: 'boolean' } }, { _doc: { order: 'desc' } }],
    docvalue_fields: [timeField],
    script_fields: {},
  };
  const text = await fetchText(`${url}/${index}/_search?ignore_unavailable=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { hits } = JSON.parse(text) as ElasticsearchAnswer;
  return hits.hits.map(({ _id, _index, sort, _source, fields }) => ({ _id, _index, sort, ..._source, ...fields }));
}

interface ElasticsearchAnswer {
  hits: { hits: { _id: string; _index: string; sort: unknown[]; _source: object; fields: object }[] };
}

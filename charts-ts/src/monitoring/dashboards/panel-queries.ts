import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dataSourceUids } from '../grafana.ts';

/** A panel's query to Prometheus. */
export interface PrometheusQuery {
  readonly kind: 'prometheus';
  readonly panel: string;
  readonly refId: string;
  readonly expr: string;
  /** Whether the query is for one moment instead of the dashboard's time range. */
  readonly instant: boolean;
  readonly legend: string;
}

/** A panel's query for documents in Elasticsearch. */
export interface ElasticsearchQuery {
  readonly kind: 'elasticsearch';
  readonly panel: string;
  readonly refId: string;
  readonly lucene: string;
  readonly timeField: string;
  readonly size: number;
}

export type PanelQuery = PrometheusQuery | ElasticsearchQuery;

/** The panels of a dashboard that have queries, including those in rows. */
export function queryPanels(dashboard: Dashboard): readonly Panel[] {
  const panels = (dashboard.panels ?? []).flatMap((panel) => ('panels' in panel ? (panel.panels ?? []) : [panel]));
  return panels.filter((panel): panel is Panel => 'targets' in panel && (panel.targets?.length ?? 0) > 0);
}

/**
 * All queries of a dashboard as in its JSON, before variables are interpolated.
 * @throws Error if a query names a data source that is not provisioned, or lacks what its data source needs
 */
export function panelQueries(dashboard: Dashboard): readonly PanelQuery[] {
  return queryPanels(dashboard).flatMap((panel) =>
    (panel.targets ?? []).map((target) => toQuery(panel.title ?? '', target as Target)),
  );
}

/** The JSON of a query to either data source. */
interface Target {
  readonly refId?: string;
  readonly datasource?: { readonly uid?: string };
  readonly expr?: string;
  readonly instant?: boolean;
  readonly legendFormat?: string;
  readonly query?: string;
  readonly timeField?: string;
  readonly metrics?: readonly { readonly type: string; readonly settings?: { readonly size?: string } }[];
}

function toQuery(panel: string, target: Target): PanelQuery {
  const { refId, datasource } = target;
  if (refId === undefined) throw new Error(`a query of '${panel}' has no refId`);
  if (datasource?.uid === dataSourceUids.prometheus && target.expr !== undefined) {
    const { expr, instant = false, legendFormat: legend = '' } = target;
    return { kind: 'prometheus', panel, refId, expr, instant, legend };
  }
  const metric = target.metrics?.[0];
  if (
    datasource?.uid === dataSourceUids.elasticsearch &&
    target.query !== undefined &&
    target.timeField !== undefined
  ) {
    if (metric?.type !== 'raw_document') throw new Error(`query ${refId} of '${panel}' must ask for raw documents`);
    const { query: lucene, timeField } = target;
    return { kind: 'elasticsearch', panel, refId, lucene, timeField, size: Number(metric.settings?.size) };
  }
  throw new Error(`query ${refId} of '${panel}' asks neither Prometheus nor Elasticsearch`);
}

/** The value of a variable: one text, several, or the `allValue` that stands for all. */
export type VariableChoice = string | readonly string[] | { readonly all: string };

/**
 * Interpolates variables into a query as Grafana does: `$name` in the data source's own format, `${name:format}` in the
 * named one, the value for all unchanged. After packages/scenes/src/variables/interpolation/formatRegistry.ts in
 * grafana/scenes and `prometheusSpecialRegexEscape` in grafana-prometheus.
 * @throws Error for a variable without a value, and for a format that none of our dashboards uses
 */
export function interpolateVariables(query: string, choices: Readonly<Record<string, VariableChoice>>): string {
  return query.replace(
    /\$\{(\w+):(\w+)\}|\$([A-Za-z_]\w*)/g,
    (_match, named?: string, format?: string, plain?: string) => {
      const name = named ?? plain ?? '';
      const choice = choices[name];
      if (choice === undefined) throw new Error(`nothing is chosen for the variable '${name}' of the query: ${query}`);
      if (typeof choice === 'object' && 'all' in choice) return choice.all;
      if (typeof choice === 'string')
        return format === 'raw' || plain?.startsWith('__') ? choice : escapeValue(choice, format);
      const escaped = choice.map((value) => escapeValue(value, format));
      return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
    },
  );
}

function escapeValue(value: string, format: string | undefined): string {
  const regex = value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');
  if (format === 'regex') return regex;
  // Inside a PromQL string, each backslash is doubled.
  if (format === undefined) return value.replace(/[\\^$*+?.()|[\]{}]/g, '\\\\$&');
  throw new Error(`the format '${format}' is not used by any dashboard`);
}

import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { operations } from '@tidb-cdc/runtime/operations';
import { prometheusSource } from './common.ts';

/** Matches all values, in PromQL as in Lucene's regular expressions. */
const everything = '.*';

/**
 * Selects the chosen changes in Prometheus. The metric has a table as one label (`shop.orders`), a document as two
 * fields, schema and table. So there are two variables, used as regular expressions in both languages: the same choice
 * selects the same changes in Prometheus and in Elasticsearch. The Prometheus data source escapes a variable in a label
 * matcher.
 */
export const eventSelector = '{tablename=~"$schema[.]$table",operation=~"$operation"}';

/** The same choice, and the search, as a query for documents. */
export const eventLucene = [
  `cdc.schema:/${formatted('schema', 'regex')}/`,
  `cdc.table:/${formatted('table', 'regex')}/`,
  `event.action:/${formatted('operation', 'regex')}/`,
  `(${formatted('search', 'raw')})`,
].join(' AND ');

/** Grafana's notation for a variable's value in a format. */
function formatted(variable: string, format: 'regex' | 'raw'): string {
  return `\${${variable}:${format}}`;
}

/** Variables of the overview, in display order. */
export function overviewVariables(): readonly Builder<VariableModel>[] {
  return [schema(), table(), operation(), search()];
}

function schema(): Builder<VariableModel> {
  return tablenames('schema', 'Schema', 'cdc_events_total').regex('/^([^.]+)[.]/');
}

function table(): Builder<VariableModel> {
  return tablenames('table', 'Table', 'cdc_events_total{tablename=~"$schema[.].+"}').regex('/^[^.]+[.](.+)$/');
}

/** The values of `tablename`; the caller's pattern extracts a part of each. */
function tablenames(name: string, label: string, selector: string): QueryVariableBuilder {
  const query = `label_values(${selector}, tablename)`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(prometheusSource)
    .query({ query, refId: `${name}-variable` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(everything)
    .current({ text: ['All'], value: ['$__all'] });
}

function operation(): Builder<VariableModel> {
  return new CustomVariableBuilder('operation')
    .label('Operation')
    .values(operations.join(','))
    .multi(true)
    .includeAll(true)
    .allValue(everything)
    .current({ text: ['All'], value: ['$__all'] });
}

/** Not a text box: an empty one would give a query that Elasticsearch cannot parse. */
function search(): Builder<VariableModel> {
  return new CustomVariableBuilder('search')
    .label('Search events')
    .description('Type a value, *part of one*, or a query such as cdc.data.status:2 AND NOT event.action:delete')
    .values('everything : *')
    .current({ text: 'everything', value: '*' })
    .allowCustomValue(true);
}

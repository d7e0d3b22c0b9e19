import { fetchText } from '@tidb-cdc/runtime/http';
import { expect } from 'vitest';

interface QueryAnswer {
  readonly results: { readonly A: { readonly frames: readonly { readonly data: { readonly values: number[][] } }[] } };
}

const grafanaQueries = [
  { datasource: { uid: 'prometheus' }, expr: 'sum(cdc_events_total)', instant: true },
  {
    datasource: { uid: 'elasticsearch' },
    query: '*',
    timeField: '@timestamp',
    metrics: [{ id: '1', type: 'count' }],
    bucketAggs: [{ id: '2', type: 'date_histogram', field: '@timestamp', settings: { interval: '1h' } }],
  },
];

/** Expects that the Grafana with this API, login included, finds events in both of its data sources. */
export async function checkDataSources(api: string): Promise<void> {
  for (const query of grafanaQueries) {
    const body = JSON.stringify({ queries: [{ refId: 'A', ...query }], from: 'now-1h', to: 'now' });
    const headers = { 'content-type': 'application/json' };
    const answer = JSON.parse(await fetchText(`${api}/ds/query`, { method: 'POST', headers, body })) as QueryAnswer;
    const values = answer.results.A.frames.flatMap(({ data }) => data.values.at(-1) ?? []);
    const sum = values.reduce((total, value) => total + value, 0);
    expect(sum, query.datasource.uid).toBeGreaterThan(0);
  }
}

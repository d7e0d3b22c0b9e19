import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dashboards } from '@tidb-cdc/charts/monitoring/dashboards/index';
import { interpolateVariables, panelQueries, queryPanels } from '@tidb-cdc/charts/monitoring/dashboards/panel-queries';
import { sharedDashboard } from '@tidb-cdc/charts/monitoring/dashboards/shared';
import { sharedDataSourceUids } from '@tidb-cdc/charts/monitoring/grafana';
import { operationsInTheLastHour } from '@tidb-cdc/charts/monitoring/queries';
import { probeJobs, type ScrapeJobName, scrapeJobs } from '@tidb-cdc/charts/monitoring/scrape';
import { eventsAlias } from '@tidb-cdc/charts/pipeline';
import { defined } from '@tidb-cdc/runtime/defined';
import { change } from '@tidb-cdc/runtime/sql';
import { instantQuery, newestScrape } from '@tidb-cdc/verify/clients/prometheus';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Grafana, type QueryAnswer } from '../../src/monitoring/grafana.ts';
import { buildGrafana, whyNoGrafana } from '../../src/monitoring/grafana-build.ts';
import { askElasticsearch, type RawDocument, type View } from '../../src/monitoring/panel-answers.ts';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
/** As in a Grafana that is external. */
const reader = {
  username: '$__env{GRAFANA_ELASTICSEARCH_USERNAME}',
  password: '$__env{GRAFANA_ELASTICSEARCH_PASSWORD}',
};
const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-grafana-'));
const everyJob = [...Object.keys(scrapeJobs), ...Object.keys(probeJobs)] as ScrapeJobName[];
const all = { all: '.*' };
const choices = {
  schema: all,
  table: all,
  operation: all,
  search: '*',
  __rate_interval: '1m',
  __interval: '5s',
  __range: '1h',
};
const obstacle = whyNoGrafana();
if (obstacle !== undefined) console.log(`Grafana is left out: ${obstacle}`);

const model = dashboards(everyJob);
const panels = model.flatMap((dashboard) => queryPanels(dashboard).map((panel) => ({ dashboard, panel })));

let root: Connection;
let grafana: Grafana;
let view: View;

describe.skipIf(obstacle !== undefined)('Grafana’s backend', () => {
  beforeAll(async () => {
    root = await stage.root();
    const table = await stage.createTable(root, 'id INT PRIMARY KEY');
    await change(root, `INSERT INTO ${table} VALUES (1), (2), (3)`);
    await stage.waitForAll(table, { insert: 3 });
    const { prometheus, elasticsearch } = stage.system.endpoints;
    const urls = { prometheusUrl: prometheus, elasticsearchUrl: elasticsearch };
    grafana = await Grafana.start({
      build: await buildGrafana((line) => console.log(`grafana: ${line}`)),
      folder,
      dataSources: [urls, { ...urls, elasticsearchUser: reader, uids: sharedDataSourceUids }],
      dashboards: model,
      env: { GRAFANA_ELASTICSEARCH_USERNAME: 'reader', GRAFANA_ELASTICSEARCH_PASSWORD: 'of the reader' },
    });
    const to = await newestScrape(prometheus);
    view = { from: to - 600, to, choices };
  });

  afterAll(async () => {
    await grafana?.stop();
    await root?.end();
    rmSync(folder, { recursive: true });
  });

  test('loads the data sources under their uids, and reaches Prometheus', async () => {
    expect(await grafana.get('/api/datasources')).toMatchObject([
      { uid: 'cdc-elasticsearch', type: 'elasticsearch', readOnly: true },
      { uid: 'cdc-prometheus', type: 'prometheus', readOnly: true, isDefault: false },
      { uid: 'elasticsearch', type: 'elasticsearch', readOnly: true },
      { uid: 'prometheus', type: 'prometheus', readOnly: true, isDefault: true },
    ]);
    expect(await grafana.get('/api/datasources/uid/cdc-elasticsearch')).toMatchObject({ basicAuthUser: 'reader' });
    expect(await grafana.get('/api/datasources/uid/prometheus/health')).toMatchObject({ status: 'OK' });
  });

  test.each(model.map((dashboard) => [dashboard.uid ?? '', dashboard] as const))('loads %s', async (uid, dashboard) => {
    expect(await grafana.get(`/api/dashboards/uid/${uid}`)).toMatchObject({
      meta: { provisioned: true },
      dashboard: {
        title: dashboard.title,
        refresh: dashboard.refresh,
        panels: (dashboard.panels ?? []).map(({ id, title, type }) => ({ id, title, type })),
        templating: { list: (dashboard.templating?.list ?? []).map(({ name }) => ({ name })) },
      },
    });
  });

  test.each(panels.map(({ dashboard, panel }) => [dashboard.uid, panel.title ?? '', panel] as const))(
    'runs the queries of %s: %s',
    async (_uid, _title, panel) => {
      const answers = await runPanel(panel);
      expect(answers.size).toBe(panel.targets?.length);
      for (const [refId, { status, error }] of answers)
        expect({ refId, status, error }).toEqual({ refId, status: 200 });
    },
  );

  test('shows in the pie what Prometheus says', async () => {
    const [pie] = (await runPanel(panelOf('Operations in the last hour'))).values();
    const slices = Object.fromEntries(pie?.fields.map(({ name, values }) => [name, values.at(-1)]) ?? []);
    const points = await instantQuery(stage.system.endpoints.prometheus, operationsInTheLastHour, view.to);
    expect(slices).toEqual(Object.fromEntries(points.map(({ labels, value }) => [labels.operation, value])));
    expect(slices.insert).toBeGreaterThanOrEqual(3);
  });

  test('shows the same on a dashboard that stands beside those of others', async () => {
    const shared = model.map((dashboard) => sharedDashboard(dashboard, { uids: sharedDataSourceUids }));
    for (const title of ['Operations in the last hour', 'Raw CDC events']) {
      const [theirs] = shared.flatMap(queryPanels).filter((panel) => panel.title === title);
      const answers = await runPanel(theirs ?? panelOf(title));
      expect(JSON.stringify(theirs?.targets)).toContain('"uid":"cdc-');
      expect([...answers.values()]).toEqual([...(await runPanel(panelOf(title))).values()]);
    }
  });

  test('shows the documents that Elasticsearch has, in the form that the table takes apart', async () => {
    const panel = panelOf('Raw CDC events');
    const [events] = (await runPanel(panel)).values();
    expect(events?.fields.map(({ name }) => name)).toEqual(['Document']);
    const documents = events?.fields[0]?.values as readonly RawDocument[];
    const [query] = panelQueries({ ...model[0], panels: [panel] } as (typeof model)[number]);
    if (query?.kind !== 'elasticsearch') throw new Error('the panel must ask Elasticsearch');
    const expected = await askElasticsearch(stage.system.endpoints.elasticsearch, eventsAlias, query, view);
    expect(documents).toHaveLength(expected.length);
    expect(documents[0]).toMatchObject(expected[0] ?? {});
    expect(documents.map(({ _id }) => _id)).toEqual(expected.map(({ _id }) => _id));
  });
});

/** Sends a panel's queries as the page does, with variables replaced. */
function runPanel(panel: (typeof panels)[number]['panel']): Promise<ReadonlyMap<string, QueryAnswer>> {
  const queries = (panel.targets ?? []).map((target) => {
    const { expr, query } = target as { expr?: string; query?: string };
    return {
      ...target,
      ...defined({
        expr: expr && interpolateVariables(expr, choices),
        query: query && interpolateVariables(query, choices),
      }),
    };
  });
  return grafana.query(queries, view.from, view.to);
}

function panelOf(title: string): (typeof panels)[number]['panel'] {
  const found = panels.find(({ panel }) => panel.title === title);
  if (found === undefined) throw new Error(`there is no panel '${title}'`);
  return found.panel;
}

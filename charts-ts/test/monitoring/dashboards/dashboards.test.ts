import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, test } from 'vitest';
import { dashboards } from '../../../src/monitoring/dashboards/index.ts';
import { overviewDashboard } from '../../../src/monitoring/dashboards/overview/index.ts';
import { panelQueries, queryPanels } from '../../../src/monitoring/dashboards/panel-queries.ts';
import { pipelineDashboard } from '../../../src/monitoring/dashboards/pipeline/index.ts';
import { operationsInTheLastHour } from '../../../src/monitoring/queries.ts';
import { probeJobs, type ScrapeJobName, scrapeJobs } from '../../../src/monitoring/scrape.ts';

const allJobs = [...Object.keys(scrapeJobs), ...Object.keys(probeJobs)] as ScrapeJobName[];
const all = dashboards(allJobs);

/** Variables that Grafana itself provides. */
const builtIn = ['__rate_interval', '__interval', '__range'];

describe.each(all.map((dashboard) => [dashboard.uid ?? '', dashboard] as const))('%s', (_uid, dashboard) => {
  test('every panel has a title, a description, a number of its own and a query with a name', () => {
    const panels = dashboard.panels ?? [];
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const panel of queryPanels(dashboard)) {
      expect(panel.title).toBeTruthy();
      expect(panel.description, panel.title).toMatch(/[.]$/);
      const refIds = (panel.targets ?? []).map((target) => (target as { refId?: string }).refId);
      expect(new Set(refIds).size, panel.title).toBe(refIds.length);
    }
    expect(panelQueries(dashboard).length).toBeGreaterThan(0);
  });

  test('panels lie in the grid of 24 columns, none on another, without holes in a line', () => {
    const cells = new Set<string>();
    for (const panel of dashboard.panels ?? []) {
      const { x, y, w, h } = panel.gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
      expect(x + w, panel.title).toBeLessThanOrEqual(24);
      for (const column of Array.from({ length: w }, (_, index) => x + index)) {
        for (const row of Array.from({ length: h }, (_, index) => y + index)) {
          expect(cells.has(`${column} ${row}`), panel.title).toBe(false);
          cells.add(`${column} ${row}`);
        }
      }
    }
    const height = Math.max(...(dashboard.panels ?? []).map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
    expect(cells.size).toBe(24 * height);
  });

  test('every variable of a query is one of the dashboard or of Grafana', () => {
    const known = [...builtIn, ...(dashboard.templating?.list ?? []).map(({ name }) => name)];
    const used = panelQueries(dashboard).flatMap((query) =>
      [...(query.kind === 'prometheus' ? query.expr : query.lucene).matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(
        ([, name]) => name,
      ),
    );
    expect(used.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });

  test('cannot be edited, and asks again by itself', () => {
    expect(dashboard.editable).toBe(false);
    expect(dashboard.refresh).toMatch(/^\d+s$/);
    expect(dashboard.time).toEqual({ from: 'now-1h', to: 'now' });
  });
});

describe('cdc-overview', () => {
  const dashboard = overviewDashboard();

  test('where TiCDC is not scraped, asks nothing of it and fills its rows', () => {
    const without = overviewDashboard(false);
    expect(JSON.stringify(without)).not.toContain('ticdc_');
    const width = (one: Dashboard) => queryPanels(one).reduce((sum, { gridPos }) => sum + (gridPos?.w ?? 0), 0);
    expect(width(without)).toBe(width(dashboard));
    expect(queryPanels(without)).toHaveLength(queryPanels(dashboard).length - 2);
  });

  test('the pie asks the very query that verify asks', () => {
    const pie = panelOf(dashboard, 'Operations in the last hour');
    expect(pie.type).toBe('piechart');
    expect(pie.targets).toMatchObject([{ expr: operationsInTheLastHour, instant: true }]);
  });

  test('links of a number lead to its events: every variable is set, each by a label that the query gives', () => {
    const links = queryPanels(dashboard).flatMap((panel) =>
      (panel.fieldConfig?.defaults?.links ?? []).map(({ url }) => ({ panel, url: url ?? '' })),
    );
    expect(links).toHaveLength(3);
    for (const { panel, url } of links) {
      const [query] = panelQueries({ ...dashboard, panels: [panel] });
      const labels =
        query?.kind === 'prometheus' ? (/sum by \(([\w, ]+)\)/.exec(query.expr)?.[1]?.split(', ') ?? []) : [];
      const values = [...url.matchAll(/var-(\w+)=([^&]+)/g)].map(([, name, value]) => [name, value]);
      expect(values.map(([name]) => name)).toEqual(['schema', 'table', 'operation']);
      const expected = ['schema', 'table', 'operation'].map((name) =>
        labels.includes(name) ? `\${__field.labels.${name}}` : '$__all',
      );
      expect(values.map(([, value]) => value)).toEqual(expected);
    }
  });
});

describe('cdc-pipeline', () => {
  test('has a row for each product, in the order of the flow', () => {
    expect(rows(pipelineDashboard(allJobs))).toEqual([
      'TiDB',
      'TiKV',
      'PD',
      'TiCDC',
      'Kafka',
      'Consumer',
      'Elasticsearch',
      'Filebeat',
      'Prometheus',
    ]);
  });

  test('charts nothing that the target does not scrape', () => {
    const dashboard = pipelineDashboard(['consumer', 'prometheus']);
    expect(rows(dashboard)).toEqual(['Kafka', 'Consumer', 'Prometheus']);
    expect(JSON.stringify(dashboard)).not.toMatch(/kafka_server|kafka_controller|tidb_|tikv_|pd_|ticdc_/);
  });
});

function rows(dashboard: Dashboard): readonly (string | undefined)[] {
  return (dashboard.panels ?? []).filter(({ type }) => type === 'row').map(({ title }) => title);
}

function panelOf(dashboard: Dashboard, title: string): Panel {
  const panel = queryPanels(dashboard).find((candidate) => candidate.title === title);
  if (panel === undefined) throw new Error(`there is no panel '${title}'`);
  return panel;
}

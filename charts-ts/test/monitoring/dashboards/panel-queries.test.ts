import { describe, expect, test } from 'vitest';
import { overviewDashboard } from '../../../src/monitoring/dashboards/overview/index.ts';
import { interpolateVariables, panelQueries, queryPanels } from '../../../src/monitoring/dashboards/panel-queries.ts';
import { eventLucene, eventSelector } from '../../../src/monitoring/dashboards/variables.ts';

const everything = { all: '.*' };

describe('one choice of variables selects the same changes in both languages', () => {
  test.each([
    ['everything', everything, everything, everything, '.*[.].*', '.*', 'cdc.schema:/.*/ AND cdc.table:/.*/', '/.*/'],
    [
      'one table',
      ['shop'],
      ['orders'],
      everything,
      'shop[.]orders',
      '.*',
      'cdc.schema:/shop/ AND cdc.table:/orders/',
      '/.*/',
    ],
    [
      'several tables and operations',
      everything,
      ['orders', 'order_items'],
      ['insert', 'delete'],
      '.*[.](orders|order_items)',
      '(insert|delete)',
      'cdc.schema:/.*/ AND cdc.table:/(orders|order_items)/',
      '/(insert|delete)/',
    ],
    [
      'names with characters of regular expressions',
      ['a+b'],
      ['or/ders.x'],
      everything,
      String.raw`a\\+b[.]or/ders\\.x`,
      '.*',
      String.raw`cdc.schema:/a\+b/ AND cdc.table:/or\/ders\.x/`,
      '/.*/',
    ],
  ])('%s', (_name, schema, table, operation, tablename, operations, lucene, actions) => {
    const choices = { schema, table, operation, search: '*' };
    expect(interpolateVariables(eventSelector, choices)).toBe(`{tablename=~"${tablename}",operation=~"${operations}"}`);
    expect(interpolateVariables(eventLucene, choices)).toBe(`${lucene} AND event.action:${actions} AND (*)`);
  });
});

describe('interpolate', () => {
  test('takes the search as it is typed', () => {
    const choices = {
      schema: everything,
      table: everything,
      operation: everything,
      search: 'cdc.data.note:"a b" OR x*',
    };
    expect(interpolateVariables(eventLucene, choices)).toMatch(/AND \(cdc\.data\.note:"a b" OR x\*\)$/);
  });

  test('leaves the groups of label_replace alone', () => {
    expect(interpolateVariables('label_replace(up, "a", "$1", "b", "(.+)")', {})).toContain('"$1"');
  });

  test('says which variable has no choice', () => {
    expect(() => interpolateVariables('rate(up[$__rate_interval])', {})).toThrow(
      "nothing is chosen for the variable '__rate_interval' of the query: rate(up[$__rate_interval])",
    );
  });
});

describe('panelQueries', () => {
  test('finds the events’ query whole', () => {
    const events = panelQueries(overviewDashboard()).find(({ kind }) => kind === 'elasticsearch');
    expect(events).toEqual({
      kind: 'elasticsearch',
      panel: 'Raw CDC events',
      refId: 'Document',
      lucene: eventLucene,
      timeField: '@timestamp',
      size: 500,
    });
  });

  test('refuses a data source that nobody provisions', () => {
    const [panel] = queryPanels(overviewDashboard());
    if (panel === undefined) throw new Error('there is no panel');
    const target = { ...panel.targets?.[0], refId: 'A', expr: 'up', datasource: { uid: 'other' } };
    const stray = { ...panel, title: 'Stray', targets: [target as NonNullable<typeof panel.targets>[number]] };
    expect(() => panelQueries({ ...overviewDashboard(), panels: [stray] })).toThrow(
      "query A of 'Stray' asks neither Prometheus nor Elasticsearch",
    );
  });
});

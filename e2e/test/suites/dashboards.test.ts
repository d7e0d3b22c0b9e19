import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { overviewDashboard } from '@tidb-cdc/charts/monitoring/dashboards/overview/index';
import {
  type ElasticsearchQuery,
  panelQueries,
  queryPanels,
  type VariableChoice,
} from '@tidb-cdc/charts/monitoring/dashboards/panel-queries';
import { eventsAlias, eventsTopic } from '@tidb-cdc/charts/pipeline';
import { change } from '@tidb-cdc/runtime/sql';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { agedOutEvents, instantQuery, newestScrape, pieAt } from '@tidb-cdc/verify/clients/prometheus';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { produce } from '../../src/clients/kafka.ts';
import { askElasticsearch, askPrometheus, type Series, type View } from '../../src/monitoring/panel-answers.ts';
import { type Row, tableRows } from '../../src/monitoring/table.ts';
import { type Known, overviewChecks } from '../overview-checks.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const dashboard = overviewDashboard();
const panels = queryPanels(dashboard);
const changes = { insert: 5, update: 3, delete: 2 };
const all = { all: '.*' };

let root: Connection;
let known: Known;
let view: View;

beforeAll(async () => {
  root = await stage.root();
  const { prometheus, kafka } = stage.system.endpoints;
  await stage.waitForQuiet(root);
  const from = await newestScrape(prometheus);
  const { pie } = await pieAt(prometheus, from);
  const lettersBefore = (await stage.snapshot()).deadLetters;

  const table = await stage.createTable(root, 'id INT PRIMARY KEY, name VARCHAR(40), v INT');
  await produce(kafka, eventsTopic, 0, [{ value: 'not canal-json' }]);
  await writeChanges(table);
  await stage.waitForAll(table, changes);
  await waitForDeadLetters(lettersBefore + 1);

  const to = await newestScrape(prometheus);
  const agedOut = await agedOutEvents(prometheus, from, to);
  known = {
    table,
    changes,
    pieBefore: new Map([...pie].map(([operation, before]) => [operation, before - (agedOut.get(operation) ?? 0)])),
    deadLetters: 1,
    firingAlerts: await firingAlerts(to),
  };
  const [schema = '', name = ''] = table.split('.');
  view = {
    from: to - 120,
    to,
    choices: choices({ schema: [schema], table: [name], __range: `${Math.round((to - from) * 1000)}ms` }),
  };
});

afterAll(() => root.end());

describe('every query of every panel of cdc-overview returns what it should', () => {
  const asked = panels.filter((panel) => kindOf(panel) === 'prometheus').map(({ title = '' }) => title);

  test('each panel that asks Prometheus has a check, and each check a panel', () => {
    expect(Object.keys(overviewChecks).sort()).toEqual([...asked].sort());
  });

  test.each(Object.entries(overviewChecks))('%s', async (title, check) => {
    check(await ask(title, view), known);
  });
});

describe('the variables choose the same changes in Prometheus as in Elasticsearch', () => {
  test.each<[string, Readonly<Record<string, VariableChoice>>]>([
    ['an operation', { operation: ['delete'] }],
    ['several operations', { operation: ['insert', 'update'] }],
    ['another table', { table: ['no_such_table'] }],
    ['another schema', { schema: ['no_such_schema'] }],
  ])('%s', async (_name, choice) => {
    const documents = await eventRows(choice);
    const chosen = { ...view, choices: { ...view.choices, ...choice } };
    for (const title of ['Events in the last hour', 'Tables in the last hour']) {
      const [series] = await ask(title, chosen);
      const counted = (series ?? []).map(({ values }) => values.at(-1));
      expect(counted, title).toEqual(documents.length === 0 ? [] : [documents.length]);
    }
    const [rates = []] = await ask('Events per second by table and operation', chosen);
    expect(new Set(rates.map(({ labels }) => labels.operation))).toEqual(
      new Set(documents.map(({ Operation }) => Operation)),
    );
  });
});

describe('Raw CDC events', () => {
  test('shows the written rows, newest first, in its columns', async () => {
    const rows = await eventRows({});
    expect(rows.map(({ Operation }) => Operation).sort()).toEqual([
      ...Array(2).fill('delete'),
      ...Array(5).fill('insert'),
      ...Array(3).fill('update'),
    ]);
    const times = rows.map(({ Time }) => String(Time));
    expect(times).toEqual([...times].sort().reverse());
    const [schema, table] = known.table.split('.');
    for (const row of rows) expect(row).toMatchObject({ Schema: schema, Table: table });
    const updated = rows.find(({ Operation, Key }) => Operation === 'update' && (Key as { id: string }).id === '1');
    expect(updated).toMatchObject({
      'Changed columns': 'v',
      Data: { id: '1', name: 'Ada Lovelace', v: '10' },
      Before: { v: '1' },
      Document: { cdc: { source: { topic: eventsTopic } } },
    });
    expect(Object.keys(updated ?? {})).toEqual([
      'Time',
      'Schema',
      'Table',
      'Operation',
      'Key',
      'Changed columns',
      'Data',
      'Before',
      'Document',
    ]);
  });

  test.each<[string, Readonly<Record<string, VariableChoice>>, number]>([
    ['an operation', { operation: ['delete'] }, 2],
    ['several operations', { operation: ['delete', 'update'] }, 5],
    ['a value', { search: '"Ada Lovelace"' }, 2],
    ['a part of a value', { search: '*Lovelace*' }, 2],
    ['a column', { search: 'cdc.data.v:10 AND cdc.changed:v' }, 1],
    ['a key', { search: 'cdc.primary_key.id:2' }, 3],
    ['what is not there', { search: 'nowhere' }, 0],
    ['another table', { table: ['no_such_table'] }, 0],
    ['another schema', { schema: ['no_such_schema'] }, 0],
  ])('is narrowed by %s', async (_name, choice, expected) => {
    expect(await eventRows(choice)).toHaveLength(expected);
  });

  test('with all tables chosen shows what the counter counts, of every table', async () => {
    const query = eventsQuery();
    const everything = { ...view, choices: choices({}) };
    const documents = await askElasticsearch(stage.system.endpoints.elasticsearch, eventsAlias, query, everything);
    const written = documents.filter(({ cdc }) => `shop.${(cdc as { table: string }).table}` === known.table);
    expect(written).toHaveLength(10);
  });
});

/** All variables set to everything, except for those given. */
function choices(chosen: Readonly<Record<string, VariableChoice>>): View['choices'] {
  return { schema: all, table: all, operation: all, search: '*', __rate_interval: '2m', __interval: '5s', ...chosen };
}

async function writeChanges(table: string): Promise<void> {
  const names = ['Ada Lovelace', 'Grace Hopper', 'Annie Easley', 'Mary Jackson', 'Karen Jones'];
  for (const [index, name] of names.entries()) {
    await change(root, `INSERT INTO ${table} VALUES (?, ?, ?)`, [index + 1, name, index + 1]);
  }
  await change(root, `UPDATE ${table} SET v = v * 10 WHERE id <= 3`);
  await change(root, `DELETE FROM ${table} WHERE id IN (2, 5)`);
}

async function waitForDeadLetters(expected: number): Promise<void> {
  await waitFor(
    'the dead letter in Prometheus',
    async () => {
      const [letters] = await instantQuery(stage.system.endpoints.prometheus, 'sum(cdc_dead_letters_total)');
      if (letters?.value !== expected) throw new Error(`there are ${letters?.value ?? 'none'}, not ${expected}`);
    },
    arrival,
  );
}

async function firingAlerts(time: number): Promise<number> {
  const points = await instantQuery(stage.system.endpoints.prometheus, 'ALERTS{alertstate="firing"}', time);
  return points.length;
}

/** Answers to the queries of a Prometheus panel. */
function ask(title: string, asked: View): Promise<readonly (readonly Series[])[]> {
  const queries = panelQueries({ ...dashboard, panels: [panelOf(title)] });
  return Promise.all(
    queries.map((query) => {
      if (query.kind !== 'prometheus') throw new Error(`'${title}' must ask Prometheus`);
      return askPrometheus(stage.system.endpoints.prometheus, query, asked);
    }),
  );
}

async function eventRows(choice: Readonly<Record<string, VariableChoice>>): Promise<readonly Row[]> {
  const narrowed = { ...view, choices: { ...view.choices, ...choice } };
  const query = eventsQuery();
  const documents = await askElasticsearch(stage.system.endpoints.elasticsearch, eventsAlias, query, narrowed);
  return tableRows(panelOf('Raw CDC events'), query.refId, documents);
}

function eventsQuery(): ElasticsearchQuery {
  const [query] = panelQueries({ ...dashboard, panels: [panelOf('Raw CDC events')] });
  if (query?.kind !== 'elasticsearch') throw new Error('the panel must ask Elasticsearch');
  return query;
}

function kindOf(panel: Panel): string | undefined {
  return panelQueries({ ...dashboard, panels: [panel] })[0]?.kind;
}

function panelOf(title: string): Panel {
  const panel = panels.find((candidate) => candidate.title === title);
  if (panel === undefined) throw new Error(`there is no panel '${title}'`);
  return panel;
}

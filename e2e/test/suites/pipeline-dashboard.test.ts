import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dashboards } from '@tidb-cdc/charts/monitoring/dashboards/index';
import {
  interpolateVariables,
  type PrometheusQuery,
  panelQueries,
} from '@tidb-cdc/charts/monitoring/dashboards/panel-queries';
import { pipelineDashboard } from '@tidb-cdc/charts/monitoring/dashboards/pipeline/index';
import { rules } from '@tidb-cdc/charts/monitoring/rules/index';
import { probeJobs, type ScrapeJobName, scrapeJobs } from '@tidb-cdc/charts/monitoring/scrape';
import { eventsTopic } from '@tidb-cdc/charts/pipeline';
import { fetchText } from '@tidb-cdc/runtime/http';
import { change } from '@tidb-cdc/runtime/sql';
import { waitFor } from '@tidb-cdc/runtime/wait';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { produce } from '../../src/clients/kafka.ts';
import { type Observer, startObserver } from '../../src/monitoring/observer.ts';
import { askPrometheus } from '../../src/monitoring/panel-answers.ts';
import { openWebhook, type Webhook } from '../../src/monitoring/webhook.ts';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-observer-'));
const everyJob = [...Object.keys(scrapeJobs), ...Object.keys(probeJobs)] as ScrapeJobName[];
/** The jobs that can run here: Strimzi's exporter and TiDB's components cannot. */
const jobsHere = ['consumer', 'prometheus', 'elasticsearch', 'filebeat'] as const;
const choices = { __rate_interval: '30s', __interval: '5s' };
const wait = { timeoutMs: 90_000 };

let root: Connection;
let table: string;
let webhook: Webhook;
let observer: Observer;

beforeAll(async () => {
  root = await stage.root();
  table = await stage.createTable(root, 'id INT AUTO_INCREMENT PRIMARY KEY');
  webhook = await openWebhook();
  const say = (line: string): void => console.log(`observer: ${line}`);
  observer = await startObserver({ endpoints: stage.system.endpoints, folder, webhook: webhook.url, say });
});

afterAll(async () => {
  await observer?.stop();
  await webhook?.close();
  await root?.end();
  rmSync(folder, { recursive: true });
});

test('every part that is scraped answers', async () => {
  await waitFor(
    'an answer of every part',
    async () => {
      const parts = await ask('min by (job) (up)', '{{job}}');
      expect(Object.fromEntries(parts.map(({ name, values }) => [name, values.at(-1)]))).toEqual(
        Object.fromEntries(observer.jobs.map((job) => [job, 1])),
      );
    },
    wait,
  );
});

describe('every query of cdc-pipeline about what runs here gives a number', () => {
  const queries = panelQueries(pipelineDashboard(jobsHere)).filter((query) => query.kind === 'prometheus');

  test.each(queries.map((query) => [`${query.panel} ${query.refId}`, query] as const))('%s', async (_name, query) => {
    await waitFor(
      'a number of every series',
      async () => {
        // A quantile is NaN unless something was measured recently.
        await change(root, `INSERT INTO ${table} VALUES ()`);
        const series = await ask(query.expr, query.legend);
        expect(series.length).toBeGreaterThan(0);
        for (const { name, values } of series) {
          expect(name).not.toMatch(/^ |^$/);
          expect(values.length, name).toBeGreaterThan(0);
        }
      },
      wait,
    );
  });
});

describe('every query of every dashboard is PromQL, of the products that cannot run here too', () => {
  const queries = dashboards(everyJob)
    .flatMap(panelQueries)
    .filter((query) => query.kind === 'prometheus');
  const all = { all: '.*' };

  test.each(queries.map((query) => [`${query.panel} ${query.refId}`, query] as const))('%s', async (_name, query) => {
    const expr = interpolateVariables(query.expr, {
      ...choices,
      __range: '1h',
      schema: all,
      table: all,
      operation: all,
    });
    const parameters = new URLSearchParams({ query: expr });
    const answer = JSON.parse(await fetchText(`${observer.prometheus}/api/v1/format_query?${parameters}`));
    expect(answer).toMatchObject({ status: 'success' });
  });
});

describe('alerts', () => {
  test('Prometheus evaluates every rule without an error', async () => {
    const expected = rules({ jobs: observer.jobs }).groups.flatMap((group) => group.rules).length;
    await waitFor(
      'an evaluation of every rule',
      async () => {
        const evaluated = await evaluatedRules();
        expect(evaluated).toHaveLength(expected);
        expect(evaluated.filter(({ health }) => health !== 'ok')).toEqual([]);
      },
      wait,
    );
  });

  test('an undecodable message calls the webhook, and no other alert fires on a system that is well', async () => {
    await produce(stage.system.endpoints.kafka, eventsTopic, 0, [{ value: Buffer.alloc(0) }]);
    await waitFor(
      'the alert at the webhook',
      () => {
        const alert = webhook.alerts.find(({ labels }) => labels.reason === 'EMPTY_VALUE');
        expect(alert).toMatchObject({
          status: 'firing',
          labels: { alertname: 'DeadLettersAppeared', severity: 'warning' },
          annotations: {
            summary: 'Messages cannot be decoded',
            runbook_url: 'docs/operations.md#deadlettersappeared',
          },
        });
      },
      wait,
    );
    const firing = (await evaluatedRules()).filter(({ state }) => state === 'firing').map(({ name }) => name);
    expect(firing).toEqual(['DeadLettersAppeared']);
  });
});

async function evaluatedRules(): Promise<RulesAnswer['data']['groups'][number]['rules']> {
  const { data } = JSON.parse(await fetchText(`${observer.prometheus}/api/v1/rules`)) as RulesAnswer;
  return data.groups.flatMap((group) => group.rules);
}

interface RulesAnswer {
  data: { groups: { rules: { name: string; health: string; state?: string }[] }[] };
}

function ask(expr: string, legend: string) {
  const query: PrometheusQuery = { kind: 'prometheus', panel: '', refId: 'A', expr, legend, instant: false };
  const now = Date.now() / 1000;
  return askPrometheus(observer.prometheus, query, { from: now - 30, to: now, choices });
}

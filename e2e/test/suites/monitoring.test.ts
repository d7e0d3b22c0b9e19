import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptMetrics } from '@tidb-cdc/charts/monitoring/kept-metrics';
import { inNamespace } from '@tidb-cdc/charts/monitoring/namespace-selector';
import { prometheusConfig } from '@tidb-cdc/charts/monitoring/prometheus';
import { alertGroups, otherSources, type Rule, rules } from '@tidb-cdc/charts/monitoring/rules/index';
import { rulesOfNamespace } from '@tidb-cdc/charts/monitoring/rules/of-namespace';
import { type ScrapeAddresses, scrapeJobNames, scrapeTargets } from '@tidb-cdc/charts/monitoring/scrape';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { promtool } from '../../src/monitoring/promtool.ts';
import type { AlertCase } from '../alert-cases/alert-case.ts';
import { alertCases } from '../alert-cases/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-monitoring-'));
const rulesPath = join(folder, 'rules.json');

/** The addresses of a target with every part. */
const everything: ScrapeAddresses = {
  pd: ['pd'],
  tikv: ['tikv'],
  tidb: ['tidb'],
  ticdc: ['ticdc'],
  kafka: ['kafka'],
  consumer: ['consumer'],
  prometheus: ['localhost'],
  alertmanager: ['alertmanager'],
  grafana: ['grafana'],
  'json-exporter': ['json-exporter'],
  elasticsearch: ['http://elasticsearch:9200'],
  filebeat: ['http://filebeat:5066'],
};
const rulesFile = rules({ jobs: [...scrapeJobNames(everything), ...otherSources] });

// JSON is valid YAML.
beforeAll(() => write(rulesPath, rulesFile));

afterAll(() => rmSync(folder, { recursive: true }));

test('promtool takes the configuration of Prometheus with every job and the rules', async () => {
  const config = prometheusConfig({
    targets: scrapeTargets(everything),
    ruleFiles: [rulesPath],
    alertmanagers: ['alertmanager:9093'],
    kept: keptMetrics(scrapeJobNames(everything)),
  });
  const file = write(join(folder, 'prometheus.json'), config);
  await expect(promtool('check', 'config', file)).resolves.toContain('is valid prometheus config file syntax');
});

test('promtool takes every rule', async () => {
  const number = rulesFile.groups.flatMap((group) => group.rules).length;
  await expect(promtool('check', 'rules', rulesPath)).resolves.toContain(`SUCCESS: ${number} rules found`);
});

describe('alerts', () => {
  const names = alertGroups.flatMap(({ alerts }) => alerts.map(({ alert }) => alert));

  test('each has a history in which it fires and one in which it must not', () => {
    expect(Object.keys(alertCases).sort()).toEqual([...names].sort());
    for (const [alert, cases] of Object.entries(alertCases)) {
      expect(
        cases.some(({ firing }) => firing.length > 0),
        alert,
      ).toBe(true);
      // The heartbeat must always fire.
      expect(
        cases.some(({ firing }) => firing.length === 0),
        alert,
      ).toBe(alert !== 'Watchdog');
    }
  });

  test.each(Object.entries(alertCases))('%s', async (alert, cases) => {
    const file = write(join(folder, `${alert}.json`), {
      rule_files: [rulesPath],
      evaluation_interval: '1m',
      // An alert uses values recorded at the same evaluation.
      group_eval_order: rulesFile.groups.map(({ name }) => name),
      tests: cases.map((history) => promtoolTest(alert, history)),
    });
    await expect(promtool('test', 'rules', file)).resolves.toContain('SUCCESS');
  });

  test('fire alike in a Prometheus that others share, where they see one namespace alone', async () => {
    const shared = rulesOfNamespace(rules({ jobs: scrapeJobNames(everything) }), 'cdc');
    const present = new Set(shared.groups.flatMap((group) => group.rules.map(({ alert }) => alert)));
    const tests = Object.entries(alertCases).flatMap(([alert, cases]) =>
      present.has(alert) ? cases.map((history) => promtoolTest(alert, inCdc(history))) : [],
    );
    const file = write(join(folder, 'shared.json'), {
      rule_files: [write(join(folder, 'shared-rules.json'), shared)],
      evaluation_interval: '1m',
      group_eval_order: shared.groups.map(({ name }) => name),
      tests,
    });
    expect(tests.length).toBeGreaterThan(50);
    await expect(promtool('test', 'rules', file)).resolves.toContain('SUCCESS');
  });
});

/** The same history in the namespace `cdc`, and beside it one of another namespace that would fire. */
function inCdc({ series, firing, ...history }: AlertCase): AlertCase {
  // Prometheus renames a label of the metric itself where Kubernetes has one of that name.
  const renamed = (key: string) => inNamespace(key.replace(/\bnamespace=/, 'exported_namespace='), 'cdc');
  const ours = Object.entries(series).map(([key, values]) => [renamed(key), values] as const);
  return {
    ...history,
    series: { ...Object.fromEntries(ours), 'up{namespace="other",job="pd",instance="pd"}': '0x60' },
    firing: firing.map((alert) => ({ ...alert, labels: { ...alert.labels, namespace: 'cdc' } })),
  };
}

function promtoolTest(alert: string, { name, series, atMinute, firing }: AlertCase): unknown {
  const { labels, annotations } = ruleOf(alert);
  return {
    name,
    interval: '1m',
    input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    alert_rule_test: [
      {
        eval_time: `${atMinute}m`,
        alertname: alert,
        exp_alerts: firing.map((expected) => ({
          exp_labels: { ...labels, ...expected.labels },
          exp_annotations: {
            summary: expected.summary ?? annotations?.summary,
            description: expected.description,
            runbook_url: annotations?.runbook_url,
          },
        })),
      },
    ],
  };
}

function ruleOf(alert: string): Rule {
  const rule = rulesFile.groups.flatMap((group) => group.rules).find((candidate) => candidate.alert === alert);
  if (rule === undefined) throw new Error(`there is no rule for ${alert}`);
  return rule;
}

function write(file: string, content: unknown): string {
  writeFileSync(file, JSON.stringify(content));
  return file;
}

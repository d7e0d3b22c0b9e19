import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dashboards } from '../../src/monitoring/dashboards/index.ts';
import { panelQueries } from '../../src/monitoring/dashboards/panel-queries.ts';
import { jsonExporterConfig } from '../../src/monitoring/json-exporter.ts';
import { alertGroups } from '../../src/monitoring/rules/index.ts';
import { probeJobs } from '../../src/monitoring/scrape.ts';

interface Config {
  modules: Record<
    string,
    { http_client_config?: unknown; metrics: { name: string; type: string; values?: Record<string, string> }[] }
  >;
}

const config = jsonExporterConfig() as unknown as Config;

/** Names that the exporter gives to the series: for an object, the names of its values are appended. */
const exposed = Object.values(config.modules)
  .flatMap(({ metrics }) => metrics)
  .flatMap(({ name, type, values = {} }) =>
    type === 'object' ? Object.keys(values).map((value) => `${name}_${value}`) : [name],
  );

describe('jsonExporterConfig', () => {
  test('has a module for each question that is scraped', () => {
    const asked = Object.values(probeJobs).flatMap((probes) => probes.map(({ module }): string => module));
    expect(Object.keys(config.modules).sort()).toEqual(asked.sort());
  });

  test('exposes every metric of Elasticsearch and Filebeat that a panel or an alert asks for', () => {
    const jobs = ['elasticsearch', 'filebeat'] as const;
    const expressions = [
      ...dashboards(jobs)
        .flatMap(panelQueries)
        .flatMap((query) => (query.kind === 'prometheus' ? [query.expr] : [])),
      ...alertGroups.flatMap(({ alerts }) => alerts.map(({ expr }) => expr)),
    ];
    const asked = new Set(expressions.flatMap((expr) => expr.match(/\b(?:elasticsearch|filebeat)_\w+/g) ?? []));
    expect(asked.size).toBeGreaterThan(8);
    expect([...asked].filter((name) => !exposed.includes(name))).toEqual([]);
  });

  test('is tested with the exporter that the targets run', () => {
    const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
    const { images } = JSON.parse(read('versions.json')) as { images: Record<string, string> };
    const version = /json_exporter (v\S+)/.exec(read('e2e/go/json-exporter/go.mod'))?.[1];
    expect(images['json-exporter']).toMatch(new RegExp(`:${version}$`));
  });

  test('logs in to Elasticsearch only, with a password from a file', () => {
    const elasticsearch = { username: 'monitor', passwordFile: '/run/password', caFile: '/run/ca.crt' };
    const { modules } = jsonExporterConfig({ elasticsearch }) as unknown as Config;
    const client = {
      basic_auth: { username: 'monitor', password_file: '/run/password' },
      tls_config: { ca_file: '/run/ca.crt' },
    };
    expect(modules.elasticsearch_health?.http_client_config).toEqual(client);
    expect(modules.elasticsearch_nodes?.http_client_config).toEqual(client);
    expect(modules.filebeat).not.toHaveProperty('http_client_config');
  });
});

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboards } from '../../src/monitoring/dashboards/index.ts';
import { panelQueries } from '../../src/monitoring/dashboards/panel-queries.ts';
import { metricsOf } from '../../src/monitoring/kept-metrics.ts';
import { inNamespace } from '../../src/monitoring/namespace-selector.ts';
import { otherSources, type Rule, rules } from '../../src/monitoring/rules/index.ts';
import { probeJobs, scrapeJobs } from '../../src/monitoring/scrape.ts';
import type { Profile } from '../../src/profile/fields.ts';
import { customResources } from '../../src/targets/kubernetes/custom-resources.ts';
import { changed, externalGrafana, externalPrometheus, grafanaPeer } from '../support/external.ts';
import { type Manifest, manifestsOf, workloads } from '../support/manifests.ts';
import { external, withConsole } from '../support/profiles.ts';

const allJobs = [...Object.keys(scrapeJobs), ...Object.keys(probeJobs), ...otherSources] as (keyof typeof scrapeJobs)[];
const everyRule = rules({ jobs: allJobs }).groups.flatMap((group) => group.rules);
const panels = dashboards(allJobs).flatMap(panelQueries);
const expressions = [
  ...everyRule.map(({ expr }) => expr),
  ...panels.flatMap((query) => (query.kind === 'prometheus' ? [query.expr] : [])),
];
const prometheusUrl = 'http://prometheus-operated.monitoring.svc:9090';

function file(all: readonly Manifest[], configMap: string, name: string): string {
  const found = all.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap);
  return found?.data?.[name] ?? '';
}

function policy(profile: Profile, name: string): unknown {
  return manifestsOf(profile, 'platform').find(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name,
  )?.spec?.ingress;
}

describe('inNamespace', () => {
  test.each([
    ['up == 0', 'up{namespace="cdc"} == 0'],
    ['absent(up{job="consumer"} == 1)', 'absent(up{namespace="cdc",job="consumer"} == 1)'],
    ['min by (topic_name) (a_b) > 1', 'min by (topic_name) (a_b{namespace="cdc"}) > 1'],
    [
      'histogram_quantile(0.9, sum by (le) (rate(a_bucket[$__rate_interval])))',
      'histogram_quantile(0.9, sum by (le) (rate(a_bucket{namespace="cdc"}[$__rate_interval])))',
    ],
    ['label_replace(a_b, "c_d", "$1", "e_f", "x_y")', 'label_replace(a_b{namespace="cdc"}, "c_d", "$1", "e_f", "x_y")'],
    ['a:b_c:sum{x=~"}"} offset 5m', 'a:b_c:sum{namespace="cdc",x=~"}"} offset 5m'],
    ['a_b / on (c_d) group_left (e_f) g_h{}', 'a_b{namespace="cdc"} / on (c_d) group_left (e_f) g_h{namespace="cdc"}'],
    ['label_values(a_b{c=~"$d[.].+"}, tablename)', 'label_values(a_b{namespace="cdc",c=~"$d[.].+"}, tablename)'],
    ['vector(1)', 'vector(1)'],
  ])('%s', (expression, expected) => {
    expect(inNamespace(expression, 'cdc')).toBe(expected);
  });

  test('reaches every metric of every rule and panel, and changes nothing else', () => {
    expect(expressions.length).toBeGreaterThan(100);
    for (const expression of expressions) {
      const scoped = inNamespace(expression, 'cdc');
      const added = scoped.match(/\w\{namespace="cdc"/g) ?? [];
      const names = expression.replaceAll(/"[^"]*"/g, '').match(/\b(?:up|ALERTS)\b/g) ?? [];
      expect(added.length, scoped).toBeGreaterThanOrEqual(new Set([...metricsOf(expression), ...names]).size);
      expect(scoped.replaceAll(/namespace="cdc",?/g, '').replaceAll('{}', '')).toBe(expression.replaceAll('{}', ''));
    }
  });
});

describe('an external Prometheus', () => {
  const watched = withConsole(externalPrometheus);
  const resources = customResources(watched);

  test('finds monitors and rules by its labels, and the exporter from its own namespace', () => {
    const kinds = ['PrometheusRule', 'ServiceMonitor', 'PodMonitor', 'Probe'];
    const found = resources.filter(({ kind }) => kinds.includes(kind));
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(kinds));
    for (const { metadata } of found) expect(metadata.labels).toMatchObject({ release: 'kube-prometheus-stack' });
    const text = JSON.stringify(found);
    expect(text).toContain('"json-exporter.cdc.svc:7979"');
    expect(text).not.toContain('"json-exporter:7979"');
  });

  test('gets rules about the series of the namespace, whose alerts say which it is', () => {
    const spec = resources.find(({ kind }) => kind === 'PrometheusRule')?.spec as { groups: { rules: Rule[] }[] };
    const all = spec.groups.flatMap((group) => group.rules);
    expect(all.find(({ alert }) => alert === 'TargetDown')?.expr).toBe('up{namespace="cdc"} == 0');
    for (const { labels } of all) expect(labels).toMatchObject({ namespace: 'cdc' });
    expect(all.filter(({ alert = '' }) => /^(Watchdog|OperatorDown|VolumeFilling)$/.test(alert))).toEqual([]);
  });

  test('is let in to what it scrapes, and asked by Grafana and the console', () => {
    const peer = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
    };
    expect(policy(watched, 'to-tikv')).toContainEqual({ from: [peer], ports: [{ port: 20180, protocol: 'TCP' }] });
    expect(policy(watched, 'to-prometheus')).toBeUndefined();
    const manifests = manifestsOf(watched);
    const sources = parse(file(manifests, 'grafana-data-sources', 'data-sources.yml')) as object;
    expect(sources).toMatchObject({
      datasources: [{ url: prometheusUrl, uid: 'prometheus', jsonData: { timeInterval: '30s' } }, {}],
    });
    const page = workloads(manifests).find(({ metadata }) => metadata.name === 'console')?.pod.containers[0];
    expect(page?.env).toContainEqual({ name: 'PROMETHEUS_URL', value: prometheusUrl });
    expect(file(manifests, 'grafana-dashboard-cdc-overview', 'cdc-overview.json')).toContain(
      'increase(cdc_events_total{namespace=\\"cdc\\",',
    );
  });
});

describe('an external Grafana', () => {
  test('loads dashboards and data sources that can stand beside those of others', () => {
    const all = manifestsOf(externalGrafana);
    const labelled = (label: string) =>
      all.filter(({ metadata }) => metadata.labels?.[label] === '1').map(({ metadata }) => metadata.name);
    expect(labelled('grafana_dashboard')).toEqual(['grafana-dashboard-cdc-overview', 'grafana-dashboard-cdc-pipeline']);
    expect(labelled('grafana_datasource')).toEqual(['grafana-data-sources']);
    expect(parse(file(all, 'grafana-data-sources', 'tidb-cdc.yaml'))).toMatchObject({
      datasources: [
        { uid: 'cdc-prometheus', url: 'http://prometheus.cdc.svc:9090', isDefault: false },
        {
          uid: 'cdc-elasticsearch',
          url: 'https://cdc-es-http.cdc.svc:9200',
          basicAuthUser: 'grafana',
          secureJsonData: {
            basicAuthPassword: '$__env{GRAFANA_ELASTICSEARCH_PASSWORD}',
            tlsCACert: '$__env{GRAFANA_ELASTICSEARCH_CA}',
          },
        },
      ],
    });
    const overview = file(all, 'grafana-dashboard-cdc-overview', 'cdc-overview.json');
    const uids = [...overview.matchAll(/"datasource": \{[^}]*"uid": "([^"]+)"/g)].map(([, uid]) => uid);
    expect(new Set(uids)).toEqual(new Set(['cdc-prometheus', 'cdc-elasticsearch']));
    expect(overview, 'the Prometheus is ours').not.toContain('namespace=');
  });

  test('is let in to what it asks here, and to nothing where all is external', () => {
    const from = [
      {
        namespaceSelector: { matchLabels: grafanaPeer.namespace },
        podSelector: { matchLabels: grafanaPeer.pods },
      },
    ];
    expect(policy(externalGrafana, 'to-prometheus')).toContainEqual({ from, ports: [{ port: 9090, protocol: 'TCP' }] });
    expect(policy(externalGrafana, 'to-elasticsearch')).toContainEqual({
      from,
      ports: [{ port: 9200, protocol: 'TCP' }],
    });
    expect(JSON.stringify(manifestsOf(external).filter(({ kind }) => kind === 'NetworkPolicy'))).not.toMatch(
      /"from":\[\]|grafana/,
    );
  });

  test('has the user of an external Elasticsearch in its environment', () => {
    const sources = file(manifestsOf(external), 'grafana-data-sources', 'tidb-cdc.yaml');
    expect(sources).toContain('$__env{GRAFANA_ELASTICSEARCH_USERNAME}');
    expect(sources).toContain('https://search.example.com:9200');
  });
});

test.each([
  [{ alertmanager: undefined }, 'alertmanager is not set: must be set, since Prometheus is ours'],
  [
    { prometheus: external.prometheus },
    'must be left out, since Prometheus is external: alerts go to its Alertmanager',
  ],
  [{ prometheus: external.prometheus, alertmanager: undefined }, 'clusterPrometheus="prometheus-k8s.monitoring'],
  [
    { grafana: { external: {} } },
    "grafana.external.peers=[]: must name Grafana's pods, which ask what is not external",
  ],
  [{ grafana: { external: { peers: [grafanaPeer] } } }, 'peers.grafana=[{'],
  [{ prometheus: { external: { url: prometheusUrl } } }, 'prometheus.external.peers is not set'],
])('a profile with %o is refused', (keys, message) => {
  expect(() => changed(keys)).toThrow(message);
});

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Profile } from '../../src/profile/fields.ts';
import { customResources } from '../../src/targets/kubernetes/custom-resources.ts';
import { type Container, type Manifest, manifestsOf, workloads } from '../support/manifests.ts';
import { production, withConsole } from '../support/profiles.ts';

const url = 'https://search.example.com:9200';
const secret = { templates: 'es-templates', filebeat: 'es-filebeat', grafana: 'es-grafana', console: 'es-console' };

/** The production profile with the console and an external Elasticsearch. */
function external(options: object = {}): Profile {
  const elasticsearch = { external: { url, caSecret: 'company-ca', secret, indexReplicas: 1, ...options } };
  return withConsole({ ...production, elasticsearch });
}

const manifests = manifestsOf(external());

function containerOf(all: readonly Manifest[], name: string): Container {
  const found = workloads(all).flatMap(({ pod }) => [...(pod.initContainers ?? []), ...pod.containers]);
  const container = found.find((one) => one.name === name);
  if (container === undefined) throw new Error(`there is no container ${name}`);
  return container;
}

function environmentOf(all: readonly Manifest[], name: string): Readonly<Record<string, unknown>> {
  const { env = [] } = containerOf(all, name);
  return Object.fromEntries(env.map((variable) => [variable.name, variable.value ?? variable.valueFrom]));
}

function configOf(all: readonly Manifest[], name: string, file: string): unknown {
  return parse(all.find((one) => one.kind === 'ConfigMap' && one.metadata.name === name)?.data?.[file] ?? '');
}

const keyOf = (name: string, key: string) => ({ secretKeyRef: { name, key } });

describe('an external Elasticsearch', () => {
  test('gets the documents of Filebeat, under its login and the certificate authority of the profile', () => {
    expect(configOf(manifests, 'filebeat', 'filebeat.yml')).toMatchObject({
      'output.elasticsearch': {
        hosts: [url],
        username: `\${FILEBEAT_USERNAME}`,
        password: `\${FILEBEAT_PASSWORD}`,
        'ssl.certificate_authorities': ['/etc/elasticsearch-ca/ca.crt'],
      },
    });
    expect(environmentOf(manifests, 'filebeat')).toMatchObject({
      FILEBEAT_USERNAME: keyOf('es-filebeat', 'username'),
      FILEBEAT_PASSWORD: keyOf('es-filebeat', 'password'),
    });
  });

  test('gets the index templates from the Job, which asks for the rights of Filebeat as Filebeat', () => {
    expect(environmentOf(manifests, 'install-index-template')).toMatchObject({
      ELASTICSEARCH_URL: url,
      ELASTICSEARCH_USERNAME: keyOf('es-templates', 'username'),
      ELASTICSEARCH_WRITER_USERNAME: keyOf('es-filebeat', 'username'),
      ELASTICSEARCH_CA_FILE: '/etc/elasticsearch-ca/ca.crt',
    });
    const file = configOf(manifests, 'install-index-templates', 'index-templates.json');
    expect(file).toMatchObject({ writer: { indices: [{ names: ['cdc-events-*'] }] }, lifecycles: [{}] });
    expect(file, 'snapshots are its owner’s').not.toHaveProperty('snapshots');
    expect(file).not.toHaveProperty('writer.username');
  });

  test('is what Grafana and the console ask', () => {
    expect(configOf(manifests, 'grafana-data-sources', 'data-sources.yml')).toMatchObject({
      datasources: [
        {},
        {
          url,
          basicAuthUser: '$__env{GRAFANA_ELASTICSEARCH_USERNAME}',
          secureJsonData: { tlsCACert: '$__file{/etc/elasticsearch-ca/ca.crt}' },
        },
      ],
    });
    expect(environmentOf(manifests, 'grafana')).toMatchObject({
      GRAFANA_ELASTICSEARCH_USERNAME: keyOf('es-grafana', 'username'),
    });
    expect(environmentOf(manifests, 'console')).toMatchObject({
      ELASTICSEARCH_URL: url,
      ELASTICSEARCH_PASSWORD: keyOf('es-console', 'password'),
    });
  });

  test('has no metrics and no alerts of its own unless a Secret for its health is named', () => {
    const asked = (profile: Profile) =>
      customResources(profile)
        .filter(({ kind, spec }) => kind === 'Probe' || JSON.stringify(spec).includes('ElasticsearchRed'))
        .map(({ kind }) => kind);
    expect(asked(external())).toEqual([]);
    const withMonitor = external({ secret: { ...secret, monitor: 'es-monitor' } });
    expect(asked(withMonitor)).toEqual(['PrometheusRule', 'Probe', 'Probe']);
    expect(configOf(manifestsOf(withMonitor), 'json-exporter', 'json-exporter.yml')).toMatchObject({
      modules: {
        elasticsearch_health: {
          http_client_config: {
            basic_auth: {
              username_file: '/etc/elasticsearch-user/username',
              password_file: '/etc/elasticsearch-user/password',
            },
            tls_config: { ca_file: '/etc/elasticsearch-ca/ca.crt' },
          },
        },
      },
    });
    const rules = JSON.stringify(customResources(external()).find(({ kind }) => kind === 'PrometheusRule')?.spec);
    expect(rules, 'what Filebeat does is ours').toContain('FilebeatNotShipping');
  });

  test('may have one Secret for all clients, and a certificate that everybody knows', () => {
    const all = manifestsOf(external({ secret: 'es', caSecret: undefined }));
    expect(JSON.stringify(all)).not.toContain('elasticsearch-ca');
    for (const name of ['filebeat', 'install-index-template', 'grafana', 'console']) {
      expect(JSON.stringify(environmentOf(all, name)), name).toContain('"name":"es"');
    }
  });

  test('may have its certificate authority in the Secret in which that of Kafka is', () => {
    const all = manifestsOf(external({ caSecret: 'cdc-cluster-ca-cert' }));
    const pod = workloads(all).find(({ metadata }) => metadata.name === 'console')?.pod;
    const names = pod?.volumes?.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
    const folders = containerOf(all, 'console').volumeMounts?.map(({ mountPath }) => mountPath);
    expect(folders).toEqual(expect.arrayContaining(['/etc/elasticsearch-ca', '/etc/kafka-ca']));
  });

  test('has no Secret of a user made here', () => {
    const file = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'create-secrets');
    expect(file?.data?.['secrets.json']).toContain('grafana-admin');
    expect(file?.data?.['secrets.json']).not.toContain('elasticsearch');
  });
});

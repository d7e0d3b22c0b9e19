import { describe, expect, test } from 'vitest';
import { grafanaDashboardProvider, grafanaDataSources } from '../../src/monitoring/grafana.ts';
import { manifestsOf, workloads } from '../support/manifests.ts';
import { profiles } from '../support/profiles.ts';
import { services } from '../targets/compose/rendered-file.ts';

const urls = { prometheusUrl: 'http://prometheus:9090', elasticsearchUrl: 'http://elasticsearch:9200' };

describe('grafanaDataSources', () => {
  test('have the uids that dashboards name, and cannot be edited', () => {
    expect(grafanaDataSources(urls).datasources).toMatchObject([
      { uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090', editable: false },
      {
        uid: 'elasticsearch',
        type: 'elasticsearch',
        url: 'http://elasticsearch:9200',
        editable: false,
        jsonData: { index: 'cdc-events', timeField: '@timestamp' },
      },
    ]);
  });

  test('take the login of Elasticsearch from where it is kept', () => {
    const elasticsearchUser = { username: 'grafana', password: '$__env{PASSWORD}', ca: '$__file{/run/ca.crt}' };
    expect(grafanaDataSources({ ...urls, elasticsearchUser }).datasources).toMatchObject([
      {},
      {
        basicAuth: true,
        basicAuthUser: 'grafana',
        jsonData: { index: 'cdc-events', tlsAuthWithCACert: true },
        secureJsonData: { basicAuthPassword: '$__env{PASSWORD}', tlsCACert: '$__file{/run/ca.crt}' },
      },
    ]);
  });

  test('refuse a password itself, without repeating it', () => {
    const elasticsearchUser = { username: 'grafana', password: 'hunter2' };
    expect(() => grafanaDataSources({ ...urls, elasticsearchUser })).toThrow(
      /^'basicAuthPassword' must be \$__env\{NAME\} or \$__file\{\/path\}/,
    );
    expect(() => grafanaDataSources({ ...urls, elasticsearchUser })).not.toThrow(/hunter2/);
  });
});

test('dashboards are read from the folder and changed nowhere else', () => {
  expect(grafanaDashboardProvider('/etc/dashboards').providers).toMatchObject([
    { type: 'file', allowUiUpdates: false, disableDeletion: true, options: { path: '/etc/dashboards' } },
  ]);
});

describe('Grafana, whose file system is read-only, never replaces its plugins', () => {
  const setting = 'GF_PLUGINS_PREINSTALL_DISABLED';

  test('in compose', () => {
    expect(services.grafana).toMatchObject({ read_only: true, environment: { [setting]: 'true' } });
  });

  test.each(profiles.filter(([, { grafana }]) => !('external' in grafana)))('in the profile %s', (_name, profile) => {
    const [container] =
      workloads(manifestsOf(profile)).find(({ metadata }) => metadata.name === 'grafana')?.pod.containers ?? [];
    expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    expect(container?.env).toContainEqual({ name: setting, value: 'true' });
  });
});

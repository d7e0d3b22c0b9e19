import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { elasticsearchAccess } from '../elastic/access.ts';
import { elasticsearchUsers } from '../elastic/facts.ts';
import { renderJson } from '../kit/json.ts';
import { metadata } from '../kit/kubernetes/metadata.ts';
import { renderYaml } from '../kit/yaml.ts';
import type { Profile } from '../profile/fields.ts';
import type { ExternalGrafana } from '../profile/monitoring.ts';
import { profileDashboards } from './dashboards/index.ts';
import { prometheusAccess } from './facts.ts';
import { grafanaDataSources, sharedDataSourceUids } from './grafana.ts';

/** Environment variables of an external Grafana with the login to Elasticsearch and its certificate authority. */
export const grafanaVariables = {
  username: 'GRAFANA_ELASTICSEARCH_USERNAME',
  password: elasticsearchUsers.dashboards.passwordVariable,
  ca: 'GRAFANA_ELASTICSEARCH_CA',
} as const;

/**
 * Dashboards and data sources for the sidecar of an external Grafana. They contain no password: it is in Grafana's own
 * environment.
 */
export function grafanaConfigMaps(scope: Construct, profile: Profile, options: ExternalGrafana): void {
  const { dashboardLabels, dataSourceLabels } = options;
  const add = (name: string, labels: Readonly<Record<string, string>>, data: Record<string, string>): void => {
    const meta = metadata(profile.namespace, 'grafana', 'monitoring', name);
    new k8s.KubeConfigMap(scope, name, { metadata: { ...meta, labels: { ...meta.labels, ...labels } }, data });
  };
  // The sidecar puts the files of all teams into one folder, hence the file name.
  add('grafana-data-sources', dataSourceLabels, { 'tidb-cdc.yaml': renderYaml(dataSources(profile)) });
  for (const dashboard of profileDashboards(profile)) {
    add(`grafana-dashboard-${dashboard.uid}`, dashboardLabels, {
      [`${dashboard.uid}.json`]: renderJson(dashboard),
    });
  }
}

function dataSources(profile: Profile): Readonly<Record<string, unknown>> {
  const prometheus = prometheusAccess(profile);
  const { url, ca } = elasticsearchAccess(profile);
  const isOurs = !('external' in profile.elasticsearch);
  return grafanaDataSources({
    prometheusUrl: fromElsewhere(prometheus.url, profile),
    scrapeIntervalSeconds: prometheus.scrapeIntervalSeconds,
    elasticsearchUrl: fromElsewhere(url, profile),
    elasticsearchUser: {
      username: isOurs ? elasticsearchUsers.dashboards.username : `$__env{${grafanaVariables.username}}`,
      password: `$__env{${grafanaVariables.password}}`,
      ...defined({ ca: ca && `$__env{${grafanaVariables.ca}}` }),
    },
    uids: sharedDataSourceUids,
  });
}

/** Adds the namespace to a Service's URL, so that pods in other namespaces can use it. */
function fromElsewhere(url: string, { namespace }: Profile): string {
  return url.replace(/^(https?:\/\/[^.:]+):/, `$1.${namespace}.svc:`);
}

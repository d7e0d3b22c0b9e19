import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { elasticsearchAccess, loginByEnvironment } from '../elastic/access.ts';
import { contentHash } from '../kit/content-hash.ts';
import { renderJson } from '../kit/json.ts';
import { deployment } from '../kit/kubernetes/deployment.ts';
import { ingress } from '../kit/kubernetes/ingress.ts';
import { metadata, selectorLabels } from '../kit/kubernetes/metadata.ts';
import {
  containerResources,
  type Environment,
  environmentVariables,
  httpProbe,
  pullSecrets,
  restrictedContainer,
  restrictedPod,
} from '../kit/kubernetes/pod.ts';
import { secretFolders } from '../kit/kubernetes/secret.ts';
import { image } from '../kit/versions.ts';
import { renderYaml } from '../kit/yaml.ts';
import { nodePorts, systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import type { OwnGrafana } from '../profile/monitoring.ts';
import { profileDashboards } from './dashboards/index.ts';
import { overviewUid } from './dashboards/uids.ts';
import { grafanaAdminSecret, prometheusAccess } from './facts.ts';
import { grafanaDashboardProvider, grafanaDataSources, grafanaWithoutOutboundCalls } from './grafana.ts';

const name = 'grafana';
const folder = '/etc/grafana-cdc';

function settings(profile: Profile, { ingress: entry }: OwnGrafana): Environment {
  return {
    GF_SECURITY_ADMIN_PASSWORD: { secret: grafanaAdminSecret, key: 'password' },
    ...elasticsearchReader(profile).environment,
    GF_PATHS_PROVISIONING: `${folder}/provisioning`,
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${folder}/dashboards/${overviewUid}.json`,
    ...grafanaWithoutOutboundCalls,
    ...behindIngress(entry),
  };
}

function elasticsearchReader(profile: Profile) {
  return loginByEnvironment(profile, 'grafana', (variable) => `$__env{${variable}}`);
}

/** Behind an Ingress with TLS, Grafana's links use https, and its cookie is sent only over TLS. */
function behindIngress(entry: OwnGrafana['ingress']): Environment {
  return entry === undefined ? {} : { GF_SERVER_ROOT_URL: `https://${entry.host}/`, GF_SECURITY_COOKIE_SECURE: 'true' };
}

/** Grafana's files: ConfigMap → name → content. Each dashboard has its own ConfigMap, because dashboards are large. */
function files(profile: Profile): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const prometheus = prometheusAccess(profile);
  const { url, ca } = elasticsearchAccess(profile);
  const { username, passwordVariable } = elasticsearchReader(profile);
  const sources = grafanaDataSources({
    prometheusUrl: prometheus.url,
    scrapeIntervalSeconds: prometheus.scrapeIntervalSeconds,
    elasticsearchUrl: url,
    elasticsearchUser: {
      username,
      password: `$__env{${passwordVariable}}`,
      ...defined({ ca: ca && `$__file{${ca.file}}` }),
    },
  });
  return {
    'grafana-data-sources': { 'data-sources.yml': renderYaml(sources) },
    'grafana-dashboard-provider': { 'provider.yml': renderYaml(grafanaDashboardProvider(`${folder}/dashboards`)) },
    ...Object.fromEntries(
      profileDashboards(profile).map((dashboard) => [
        `grafana-dashboard-${dashboard.uid}`,
        { [`${dashboard.uid}.json`]: renderJson(dashboard) },
      ]),
    ),
  };
}

/** Grafana, without state: data sources and dashboards are files, and the admin's login is in a Secret. */
export function grafana(scope: Construct, profile: Profile, size: OwnGrafana): void {
  const { namespace, nodePorts: exposed } = profile;
  const meta = metadata(namespace, name, 'monitoring');
  const configMaps = files(profile);
  for (const [configMap, data] of Object.entries(configMaps)) {
    new k8s.KubeConfigMap(scope, configMap, {
      metadata: metadata(namespace, name, 'monitoring', configMap),
      data: { ...data },
    });
  }
  deployment(scope, meta, pod(profile, size, Object.keys(configMaps)), {
    annotations: { 'tidb-cdc/content': contentHash(configMaps) },
  });
  new k8s.KubeService(scope, 'service', {
    metadata: meta,
    spec: {
      type: exposed ? 'NodePort' : 'ClusterIP',
      selector: selectorLabels(name),
      ports: [
        {
          name: 'http',
          port: systems.grafana.http,
          targetPort: k8s.IntOrString.fromString('http'),
          ...defined({ nodePort: exposed ? nodePorts.grafana : undefined }),
        },
      ],
    },
  });
  if (size.ingress !== undefined) ingress(scope, meta, size.ingress);
}

function pod(profile: Profile, size: OwnGrafana, configMaps: readonly string[]): k8s.PodSpec {
  const dashboardMaps = configMaps.filter((configMap) => configMap.startsWith('grafana-dashboard-cdc'));
  const { ca } = elasticsearchAccess(profile);
  const mounts = {
    'data-sources': `${folder}/provisioning/datasources`,
    'dashboard-provider': `${folder}/provisioning/dashboards`,
    dashboards: `${folder}/dashboards`,
  };
  const certificates = secretFolders({ 'elasticsearch-ca': ca });
  const writable = { data: '/var/lib/grafana', logs: '/var/log/grafana', temporary: '/tmp' };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(472),
    ...pullSecrets(profile),
    containers: [
      {
        name,
        image: image('grafana', profile),
        imagePullPolicy: 'IfNotPresent',
        env: environmentVariables(settings(profile, size)),
        ports: [{ name: 'http', containerPort: systems.grafana.http }],
        startupProbe: httpProbe('/api/health', { periodSeconds: 5, failureThreshold: 60 }),
        livenessProbe: httpProbe('/api/health'),
        readinessProbe: httpProbe('/api/health', { periodSeconds: 5 }),
        resources: containerResources(size),
        securityContext: restrictedContainer,
        volumeMounts: [
          ...Object.entries(mounts).map(([volume, mountPath]) => ({ name: volume, mountPath, readOnly: true })),
          ...certificates.volumeMounts,
          ...Object.entries(writable).map(([volume, mountPath]) => ({ name: volume, mountPath })),
        ],
      },
    ],
    volumes: [
      { name: 'data-sources', configMap: { name: 'grafana-data-sources' } },
      { name: 'dashboard-provider', configMap: { name: 'grafana-dashboard-provider' } },
      { name: 'dashboards', projected: { sources: dashboardMaps.map((map) => ({ configMap: { name: map } })) } },
      ...certificates.volumes,
      ...Object.keys(writable).map((volume) => ({ name: volume, emptyDir: {} })),
    ],
  };
}

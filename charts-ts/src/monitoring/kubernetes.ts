import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { z } from 'zod';
import { type CustomKind, type CustomResource, customResource } from '../kit/kubernetes/custom-resource.ts';
import {
  count,
  duration,
  flag,
  labels,
  object,
  podSecurity,
  pullSecretsField,
  quantities,
  resources,
  text,
} from '../kit/kubernetes/fields.ts';
import { instance, metadata, secretData, selectorLabels } from '../kit/kubernetes/metadata.ts';
import { placed, pullSecrets, resourcesOfCustomResource } from '../kit/kubernetes/pod.ts';
import { image, version } from '../kit/versions.ts';
import { renderYaml } from '../kit/yaml.ts';
import { nodePorts, systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import type { OwnAlertmanager, OwnPrometheus } from '../profile/monitoring.ts';
import { neededOperators } from '../profile/operators.ts';
import { alertReceivers } from './alert-receivers.ts';
import { alertmanagerConfig } from './alertmanager.ts';
import { kubernetesJobs } from './facts.ts';
import { grafanaConfigMaps } from './grafana-config-maps.ts';
import { grafana } from './grafana-deployment.ts';
import { jsonExporter } from './json-exporter-deployment.ts';
import { monitorMetadata } from './monitors.ts';
import { prometheusFeatures } from './prometheus.ts';
import { rules } from './rules/index.ts';
import { rulesOfNamespace } from './rules/of-namespace.ts';
import type { RuleSource } from './rules/rule.ts';

const monitoring = { group: 'monitoring.coreos.com', version: 'v1' } as const;
const everything = object({});
/** We write a port's name; others may write its number. */
const portName = text.meta({ crd: { 'x-kubernetes-int-or-string': true } });
const spreadField = z
  .array(
    object({
      maxSkew: count,
      topologyKey: text,
      whenUnsatisfiable: z.enum(['ScheduleAnyway', 'DoNotSchedule']),
      labelSelector: object({ matchLabels: labels }),
    }),
  )
  .optional();
const storage = object({
  volumeClaimTemplate: object({
    spec: object({
      accessModes: z.array(text),
      storageClassName: text.optional(),
      resources: object({ requests: quantities }),
    }),
  }),
});
const shared = {
  replicas: count,
  version: text,
  image: text,
  imagePullPolicy: text,
  portName: text,
  imagePullSecrets: pullSecretsField,
  resources,
  securityContext: podSecurity,
  priorityClassName: text.optional(),
  topologySpreadConstraints: spreadField,
  storage: storage.optional(),
};

export const prometheusKind = {
  ...monitoring,
  kind: 'Prometheus',
  plural: 'prometheuses',
  spec: object({
    ...shared,
    serviceAccountName: text,
    serviceDiscoveryRole: z.literal('EndpointSlice'),
    scrapeInterval: duration,
    scrapeTimeout: duration,
    evaluationInterval: duration,
    retention: duration,
    retentionSize: text,
    enableFeatures: z.array(text),
    serviceMonitorSelector: everything,
    podMonitorSelector: everything,
    probeSelector: everything,
    scrapeConfigSelector: everything.optional(),
    ruleSelector: everything,
    alerting: object({
      alertmanagers: z.array(object({ name: text, namespace: text, port: portName, apiVersion: text })),
    }),
  }),
} satisfies CustomKind;

export const alertmanagerKind = {
  ...monitoring,
  kind: 'Alertmanager',
  plural: 'alertmanagers',
  spec: object({
    ...shared,
    automountServiceAccountToken: flag,
    configSecret: text,
    secrets: z.array(text).optional(),
    retention: duration,
  }),
} satisfies CustomKind;

export const prometheusRuleKind = {
  ...monitoring,
  kind: 'PrometheusRule',
  plural: 'prometheusrules',
  spec: object({
    groups: z.array(
      object({
        name: text,
        rules: z.array(
          object({
            record: text.optional(),
            alert: text.optional(),
            expr: text.meta({ crd: { 'x-kubernetes-int-or-string': true } }),
            for: text.optional(),
            labels: labels.optional(),
            annotations: labels.optional(),
          }),
        ),
      }),
    ),
  }),
} satisfies CustomKind;

/** Prometheus's account, and the Secret with Alertmanager's configuration. */
const prometheusAccount = 'prometheus';
const alertmanagerSecret = 'alertmanager-configuration';

const unprivileged = {
  fsGroup: 2000,
  runAsNonRoot: true,
  runAsUser: 65534,
  runAsGroup: 65534,
  seccompProfile: { type: 'RuntimeDefault' },
};

function volume(size: string, storageClass: string | undefined) {
  return {
    volumeClaimTemplate: {
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: storageClass,
        resources: { requests: { storage: size } },
      },
    },
  };
}

export function prometheus(profile: Profile, size: OwnPrometheus): CustomResource {
  const { namespace, storageClass } = profile;
  const interval = `${size.scrapeIntervalSeconds}s`;
  return customResource(prometheusKind, metadata(namespace, 'prometheus', 'monitoring', instance), {
    replicas: size.replicas,
    version: version('prometheus'),
    image: image('prometheus', profile),
    ...pullSecrets(profile),
    imagePullPolicy: 'IfNotPresent',
    portName: 'web',
    serviceAccountName: prometheusAccount,
    serviceDiscoveryRole: 'EndpointSlice',
    scrapeInterval: interval,
    scrapeTimeout: interval,
    // Only the upstream schema has a default for this; without it, Prometheus refuses its configuration.
    evaluationInterval: interval,
    retention: size.retention,
    // The rest of the volume is for blocks that are being written.
    retentionSize: `${Math.floor(Number.parseInt(size.storage, 10) * 0.8 * 1024)}MB`,
    enableFeatures: [...prometheusFeatures],
    serviceMonitorSelector: {},
    podMonitorSelector: {},
    probeSelector: {},
    scrapeConfigSelector: profile.clusterPrometheus === undefined ? undefined : {},
    ruleSelector: {},
    alerting: { alertmanagers: [{ name: 'alertmanager-operated', namespace, port: 'web', apiVersion: 'v2' }] },
    resources: resourcesOfCustomResource(size),
    securityContext: unprivileged,
    storage: volume(size.storage, storageClass),
    ...placed(profile, selectorLabels('prometheus')),
  });
}

export function alertmanager(profile: Profile, size: OwnAlertmanager): CustomResource {
  const { namespace } = profile;
  const secrets = [size.receiver?.secret, size.heartbeatSecret].filter((one) => one !== undefined);
  return customResource(alertmanagerKind, metadata(namespace, 'alertmanager', 'monitoring', instance), {
    replicas: size.replicas,
    version: version('alertmanager'),
    image: image('alertmanager', profile),
    ...pullSecrets(profile),
    imagePullPolicy: 'IfNotPresent',
    portName: 'web',
    automountServiceAccountToken: false,
    configSecret: alertmanagerSecret,
    secrets: secrets.length === 0 ? undefined : [...new Set(secrets)],
    retention: '120h',
    resources: resourcesOfCustomResource(size),
    securityContext: unprivileged,
    ...placed(profile, selectorLabels('alertmanager')),
  });
}

export function prometheusRule(profile: Profile): CustomResource {
  const others: RuleSource[] = [];
  if (profile.clusterPrometheus !== undefined) others.push('cluster');
  if (profile.alertmanager?.heartbeatSecret !== undefined) others.push('heartbeat');
  const all = rules({ jobs: [...kubernetesJobs(profile), ...others], operators: neededOperators(profile) });
  const { groups } = 'external' in profile.prometheus ? rulesOfNamespace(all, profile.namespace) : all;
  return customResource(prometheusRuleKind, monitorMetadata(profile, 'prometheus', instance), {
    groups: groups.map(({ name, rules: list }) => ({ name, rules: [...list] })),
  });
}

/** What monitoring needs besides the custom resources: Grafana, the JSON exporter, rights, configuration, ports. */
export function monitoringWorkloads(scope: Construct, profile: Profile): void {
  const { alertmanager: told, grafana: size } = profile;
  if (!('external' in profile.prometheus)) prometheusRights(new Construct(scope, 'prometheus'), profile);
  if (told !== undefined) alertmanagerConfiguration(new Construct(scope, 'alertmanager'), profile, told);
  jsonExporter(new Construct(scope, 'json-exporter'), profile);
  if ('external' in size) grafanaConfigMaps(new Construct(scope, 'grafana'), profile, size.external);
  else grafana(new Construct(scope, 'grafana'), profile, size);
}

/** Prometheus's rights: it discovers pods in its own namespace and reads nothing else. */
function prometheusRights(scope: Construct, { namespace, nodePorts: exposed }: Profile): void {
  const meta = metadata(namespace, prometheusAccount, 'monitoring');
  new k8s.KubeServiceAccount(scope, 'account', { metadata: meta, automountServiceAccountToken: false });
  const verbs = ['get', 'list', 'watch'];
  new k8s.KubeRole(scope, 'role', {
    metadata: meta,
    rules: [
      { apiGroups: [''], resources: ['services', 'pods'], verbs },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
    ],
  });
  new k8s.KubeRoleBinding(scope, 'role-binding', {
    metadata: meta,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: prometheusAccount },
    subjects: [{ kind: 'ServiceAccount', name: prometheusAccount, namespace }],
  });
  new k8s.KubeService(scope, 'service', {
    metadata: meta,
    spec: {
      type: exposed ? 'NodePort' : 'ClusterIP',
      selector: selectorLabels('prometheus'),
      // Grafana's panels agree with each other: two replicas of Prometheus scrape at different moments.
      sessionAffinity: 'ClientIP',
      ports: [
        {
          name: 'web',
          port: systems.prometheus.http,
          targetPort: k8s.IntOrString.fromString('web'),
          ...defined({ nodePort: exposed ? nodePorts.prometheus : undefined }),
        },
      ],
    },
  });
}

/** Alertmanager reads its configuration only from a Secret; this one contains nothing secret. */
function alertmanagerConfiguration(scope: Construct, { namespace }: Profile, told: OwnAlertmanager): void {
  new k8s.KubeSecret(scope, 'configuration', {
    metadata: metadata(namespace, 'alertmanager', 'monitoring', alertmanagerSecret),
    data: { 'alertmanager.yaml': secretData(renderYaml(alertmanagerConfig(alertReceivers(told)))) },
  });
}

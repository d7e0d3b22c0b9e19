import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { contentHash } from '../kit/content-hash.ts';
import { selectorLabels } from '../kit/kubernetes/metadata.ts';
import { pullSecrets, restrictedContainer } from '../kit/kubernetes/pod.ts';
import { image } from '../kit/versions.ts';
import { renderYaml } from '../kit/yaml.ts';
import type { Profile } from '../profile/fields.ts';
import { bindEverywhere, clusterRole, operatorMetadata, read, rule } from './rbac.ts';

/** Name of ECK's workload; network policies let its pods in by this name. */
export const elasticOperatorName = 'elastic-operator';
const name = elasticOperatorName;
const all = 'get list watch create update patch delete';

/** API groups (before `.k8s.elastic.co`) and their resources, in the order of ECK's own roles. */
const kinds = [
  ['elasticsearch', 'elasticsearches'],
  ['autoscaling', 'elasticsearchautoscalers'],
  ['kibana', 'kibanas'],
  ['apm', 'apmservers'],
  ['enterprisesearch', 'enterprisesearches'],
  ['beat', 'beats'],
  ['agent', 'agents'],
  ['maps', 'elasticmapsservers'],
  ['stackconfigpolicy', 'stackconfigpolicies'],
  ['logstash', 'logstashes'],
  ['autoops', 'autoopsagentpolicies'],
  ['packageregistry', 'packageregistries'],
] as const;

const rules = [
  rule('authorization.k8s.io', 'subjectaccessreviews', 'create'),
  rule('coordination.k8s.io', 'leases', 'create'),
  rule('coordination.k8s.io', 'leases', 'get watch update', 'elastic-operator-leader'),
  rule('', 'endpoints', read),
  rule('', 'pods events persistentvolumeclaims secrets services configmaps', all),
  rule('events.k8s.io', 'events', all),
  rule('apps', 'deployments statefulsets daemonsets', all),
  rule('policy', 'poddisruptionbudgets', all),
  ...kinds.map(([group, plural]) =>
    rule(
      `${group}.k8s.elastic.co`,
      `${plural} ${plural}/status ${plural}/finalizers`,
      `get list watch create update patch${group === 'packageregistry' ? ' delete deletecollection' : ''}`,
    ),
  ),
  rule('', 'namespaces', read),
  rule('storage.k8s.io', 'storageclasses', read),
  rule('admissionregistration.k8s.io', 'validatingwebhookconfigurations', all),
  rule('', 'nodes', read),
];

/** eck.yaml: without a webhook (it would need a certificate before the first resource) and without telemetry. */
function configuration({ namespace, registry = 'docker.elastic.co' }: Profile) {
  return {
    'log-verbosity': 0,
    'metrics-port': 0,
    'metrics-secure': false,
    'container-registry': registry,
    'max-concurrent-reconciles': 3,
    'ca-cert-validity': '8760h',
    'ca-cert-rotate-before': '24h',
    'cert-validity': '8760h',
    'cert-rotate-before': '24h',
    'disable-config-watch': false,
    'exposed-node-labels': ['topology.kubernetes.io/.*', 'failure-domain.beta.kubernetes.io/.*'],
    'set-default-security-context': 'auto-detect',
    'kube-client-timeout': '60s',
    'elasticsearch-client-timeout': '180s',
    'disable-telemetry': true,
    'distribution-channel': 'all-in-one',
    'validate-storage-class': true,
    'enable-webhook': false,
    'operator-namespace': namespace,
    'enable-leader-election': true,
    'elasticsearch-observation-interval': '10s',
    'ubi-only': false,
    'restrict-watched-resources': false,
  };
}

/** Elastic Cloud on Kubernetes 3.5.0: account, rights, two roles for users, StatefulSet. */
export function eck(scope: Construct, profile: Profile): void {
  const { namespace } = profile;
  const meta = operatorMetadata(namespace, name);
  const eckYaml = renderYaml(configuration(profile));
  new k8s.KubeServiceAccount(scope, 'account', { metadata: meta });
  clusterRole(scope, { namespace, account: name, name, rules });
  for (const [suffix, verbs] of [
    ['view', read],
    ['edit', 'create delete deletecollection patch update'],
  ] as const) {
    const allowed = kinds.map(([group, plural]) => rule(`${group}.k8s.elastic.co`, plural, verbs));
    clusterRole(scope, { namespace, account: name, name: `${name}-${suffix}`, rules: allowed });
  }
  bindEverywhere(scope, { namespace, account: name, name, role: name });
  new k8s.KubeConfigMap(scope, 'settings', { metadata: meta, data: { 'eck.yaml': eckYaml } });
  new k8s.KubeStatefulSet(scope, 'stateful-set', {
    metadata: meta,
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: selectorLabels(name) },
      template: {
        metadata: {
          labels: { ...meta.labels, 'control-plane': name },
          annotations: { 'tidb-cdc/content': contentHash(eckYaml) },
        },
        spec: pod(profile),
      },
    },
  });
}

function pod(profile: Profile): k8s.PodSpec {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: 10,
    ...pullSecrets(profile),
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'manager',
        image: image('eck-operator', profile),
        imagePullPolicy: 'IfNotPresent',
        args: ['manager', '--config=/conf/eck.yaml'],
        env: [
          { name: 'OPERATOR_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
          { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        ],
        resources: {
          requests: { cpu: k8s.Quantity.fromString('100m'), memory: k8s.Quantity.fromString('150Mi') },
          limits: { cpu: k8s.Quantity.fromString('1'), memory: k8s.Quantity.fromString('1Gi') },
        },
        securityContext: { ...restrictedContainer, runAsNonRoot: true },
        volumeMounts: [{ name: 'conf', mountPath: '/conf', readOnly: true }],
      },
    ],
    volumes: [{ name: 'conf', configMap: { name } }],
  };
}

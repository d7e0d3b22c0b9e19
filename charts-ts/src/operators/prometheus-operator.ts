import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { deployment } from '../kit/kubernetes/deployment.ts';
import { selectorLabels } from '../kit/kubernetes/metadata.ts';
import { environmentVariables, pullSecrets, restrictedContainer } from '../kit/kubernetes/pod.ts';
import { image } from '../kit/versions.ts';
import type { Profile } from '../profile/fields.ts';
import { bindEverywhere, clusterRole, operatorMetadata, read, rule } from './rbac.ts';

const name = 'prometheus-operator';

const withFinalizersAndStatus = ['alertmanagers', 'prometheuses', 'prometheusagents', 'thanosrulers'];
const withStatus = ['scrapeconfigs', 'servicemonitors', 'podmonitors', 'probes', 'prometheusrules'];

const rules = [
  rule(
    'monitoring.coreos.com',
    [
      ...withFinalizersAndStatus.flatMap((plural) => [plural, `${plural}/finalizers`, `${plural}/status`]),
      'alertmanagerconfigs',
      ...withStatus.flatMap((plural) => [plural, `${plural}/status`]),
    ].join(' '),
    '*',
  ),
  rule('apps', 'statefulsets', '*'),
  rule('', 'configmaps secrets', '*'),
  rule('', 'pods', 'list delete'),
  rule('', 'services services/finalizers', 'get create update delete'),
  rule('', 'nodes', 'list watch'),
  rule('', 'namespaces', read),
  rule('events.k8s.io', 'events', 'patch create'),
  rule('networking.k8s.io', 'ingresses', read),
  rule('storage.k8s.io', 'storageclasses', 'get'),
  rule('', 'endpoints', 'get create update delete'),
  rule('discovery.k8s.io', 'endpointslices', 'get create list update delete'),
  rule('authentication.k8s.io', 'tokenreviews', 'create'),
  rule('authorization.k8s.io', 'subjectaccessreviews', 'create'),
];

const ciphers = ['ECDHE_RSA', 'ECDHE_ECDSA'];
const tlsCiphers = [
  ...ciphers.map((exchange) => `TLS_${exchange}_WITH_AES_128_GCM_SHA256`),
  ...ciphers.map((exchange) => `TLS_${exchange}_WITH_AES_256_GCM_SHA384`),
  ...ciphers.map((exchange) => `TLS_${exchange}_WITH_CHACHA20_POLY1305`),
].join(',');

/** Prometheus Operator v0.92.0: account, rights, Deployment, and the Service of its metrics. */
export function prometheusOperator(scope: Construct, profile: Profile): void {
  const { namespace } = profile;
  const meta = operatorMetadata(namespace, name);
  new k8s.KubeServiceAccount(scope, 'account', { metadata: meta, automountServiceAccountToken: false });
  clusterRole(scope, { namespace, account: name, name, rules });
  bindEverywhere(scope, { namespace, account: name, name, role: name });
  new k8s.KubeService(scope, 'service', {
    metadata: meta,
    spec: {
      clusterIp: 'None',
      selector: selectorLabels(name),
      ports: [{ name: 'https', port: 8443, targetPort: k8s.IntOrString.fromString('https') }],
    },
  });
  deployment(scope, meta, {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...pullSecrets(profile),
    containers: [operatorContainer(profile), proxyContainer(profile)],
  });
}

function operatorContainer(profile: Profile): k8s.Container {
  return {
    name,
    image: image('prometheus-operator', profile),
    imagePullPolicy: 'IfNotPresent',
    args: [
      '--kubelet-service=kube-system/kubelet',
      `--prometheus-config-reloader=${image('prometheus-config-reloader', profile)}`,
      '--watch-referenced-objects-in-all-namespaces=true',
      '--disable-unmanaged-prometheus-configuration=true',
      '--kubelet-endpoints=true',
      '--kubelet-endpointslice=true',
    ],
    env: environmentVariables({ GOGC: '30' }),
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: limited('100m', '100Mi', '200m', '200Mi'),
    securityContext: restrictedContainer,
  };
}

/** Lets only those clients read the operator's metrics that the API server authorizes. */
function proxyContainer(profile: Profile): k8s.Container {
  return {
    name: 'kube-rbac-proxy',
    image: image('kube-rbac-proxy', profile),
    imagePullPolicy: 'IfNotPresent',
    args: ['--secure-listen-address=:8443', `--tls-cipher-suites=${tlsCiphers}`, '--upstream=http://127.0.0.1:8080/'],
    ports: [{ name: 'https', containerPort: 8443 }],
    resources: limited('10m', '20Mi', '20m', '40Mi'),
    securityContext: {
      ...restrictedContainer,
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

function limited(cpu: string, memory: string, cpuLimit: string, memoryLimit: string): k8s.ResourceRequirements {
  return {
    requests: { cpu: k8s.Quantity.fromString(cpu), memory: k8s.Quantity.fromString(memory) },
    limits: { cpu: k8s.Quantity.fromString(cpuLimit), memory: k8s.Quantity.fromString(memoryLimit) },
  };
}

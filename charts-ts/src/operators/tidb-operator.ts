import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { deployment } from '../kit/kubernetes/deployment.ts';
import {
  containerResources,
  environmentVariables,
  pullSecrets,
  restrictedContainer,
  restrictedPod,
} from '../kit/kubernetes/pod.ts';
import { image } from '../kit/versions.ts';
import type { Profile } from '../profile/fields.ts';
import { bindEverywhere, clusterRole, operatorMetadata, read, rule } from './rbac.ts';

/** Name of TiDB Operator's workload; network policies let its pods in by this name. */
export const tidbControllerName = 'tidb-controller-manager';
const name = tidbControllerName;
const role = `tidb-operator:${name}`;
const failoverOf = ['pd', 'tikv', 'tiflash', 'tidb', 'dm-master', 'dm-worker'];
const change = 'create delete get list patch update watch';
const changeWithoutPatch = 'create get list watch update delete';

const rules = [
  rule('', 'services events', change),
  rule('', 'endpoints configmaps', changeWithoutPatch),
  rule('coordination.k8s.io', 'leases', changeWithoutPatch),
  rule('', 'serviceaccounts', 'create get update delete'),
  rule('batch', 'jobs', 'get list watch create update delete'),
  rule('', 'secrets', 'create update get list watch delete'),
  rule('', 'persistentvolumeclaims', 'get list watch create update delete patch'),
  rule('', 'pods', 'get list watch update delete'),
  rule('apps', 'statefulsets deployments controllerrevisions', change),
  rule('extensions', 'ingresses', change),
  rule('networking.k8s.io', 'ingresses', change),
  rule('apps.pingcap.com', 'statefulsets statefulsets/status', change),
  rule(
    'pingcap.com',
    'backups backupschedules compactbackups dmclusters restores tidbclusters tidbdashboards tidbdashboards/status tidbinitializers tidbmonitors tidbngmonitorings tidbngmonitorings/status',
    change,
  ),
  { nonResourceUrLs: ['/metrics'], verbs: ['get'] },
  rule('', 'nodes', read),
  rule('', 'persistentvolumes', 'get list watch patch update create'),
  rule('storage.k8s.io', 'storageclasses', read),
  // It creates a role for each cluster's discovery, with rights that it does not have itself.
  rule('rbac.authorization.k8s.io', 'clusterroles roles', 'escalate create get update delete'),
  rule('rbac.authorization.k8s.io', 'rolebindings clusterrolebindings', 'create get update delete'),
];

/** TiDB Operator v1.6.6: account, rights, Deployment. */
export function tidbOperator(scope: Construct, profile: Profile): void {
  const { namespace } = profile;
  const meta = operatorMetadata(namespace, name);
  new k8s.KubeServiceAccount(scope, 'account', { metadata: meta });
  clusterRole(scope, { namespace, account: name, name: role, rules });
  bindEverywhere(scope, { namespace, account: name, name: role, role });
  deployment(scope, meta, {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    securityContext: restrictedPod(1000),
    ...pullSecrets(profile),
    containers: [container(profile)],
  });
}

function container(profile: Profile): k8s.Container {
  return {
    name: 'tidb-operator',
    image: image('tidb-operator', profile),
    imagePullPolicy: 'IfNotPresent',
    command: [
      '/usr/local/bin/tidb-controller-manager',
      `-tidb-backup-manager-image=${image('tidb-backup-manager', profile)}`,
      `-tidb-discovery-image=${image('tidb-operator', profile)}`,
      '-cluster-scoped=true',
      '-cluster-permission-node=true',
      '-cluster-permission-pv=true',
      '-cluster-permission-sc=true',
      '-auto-failover=true',
      ...failoverOf.map((part) => `-${part}-failover-period=5m`),
      '-v=2',
    ],
    env: [
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      ...environmentVariables({ TZ: 'UTC' }),
    ],
    livenessProbe: {
      tcpSocket: { port: k8s.IntOrString.fromNumber(6060) },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      failureThreshold: 10,
    },
    resources: containerResources({ cpu: '80m', memory: '50Mi', memoryLimit: '256Mi' }),
    securityContext: restrictedContainer,
  };
}

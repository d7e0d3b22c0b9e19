import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { contentHash } from '../kit/content-hash.ts';
import { deployment } from '../kit/kubernetes/deployment.ts';
import type { Profile } from '../profile/fields.ts';
import { bindEverywhere, bindHere, clusterRole, operatorMetadata, read, rule } from './rbac.ts';
import { log4j2, strimziPod } from './strimzi-pod.ts';

const name = 'strimzi-cluster-operator';
const upstreamLabels = { name, 'strimzi.io/kind': 'cluster-operator' };
const all = 'get list watch create delete patch update';

const custom = [
  'kafkas',
  'kafkanodepools',
  'kafkaconnects',
  'kafkaconnectors',
  'kafkabridges',
  'kafkamirrormaker2s',
  'kafkarebalances',
];
const each = (suffix: string) => custom.map((plural) => `${plural}${suffix}`).join(' ');

/** Rights by role, split as Strimzi does. */
const roles = {
  [`${name}-namespaced`]: [
    rule('rbac.authorization.k8s.io', 'rolebindings', all),
    rule('rbac.authorization.k8s.io', 'roles', all),
    rule('', 'pods serviceaccounts configmaps services endpoints secrets persistentvolumeclaims', all),
    rule('', 'pods/resize', 'patch update'),
    rule('apps', 'deployments replicasets', all),
    rule('apps', 'deployments/scale', 'get patch update'),
    rule('events.k8s.io', 'events', 'create'),
    rule('build.openshift.io', 'buildconfigs buildconfigs/instantiate builds', all),
    rule('networking.k8s.io', 'networkpolicies ingresses', all),
    rule('route.openshift.io', 'routes routes/custom-host', all),
    rule('image.openshift.io', 'imagestreams', 'get'),
    rule('policy', 'poddisruptionbudgets', all),
    rule('gateway.networking.k8s.io', 'tlsroutes', all),
  ],
  [`${name}-global`]: [
    rule('rbac.authorization.k8s.io', 'clusterrolebindings', all),
    rule('storage.k8s.io', 'storageclasses', 'get'),
    rule('', 'nodes', 'list'),
  ],
  [`${name}-leader-election`]: [
    rule('coordination.k8s.io', 'leases', 'create'),
    rule('coordination.k8s.io', 'leases', 'get list watch delete patch update', name),
  ],
  [`${name}-watched`]: [
    rule('', 'pods', 'watch list'),
    rule('kafka.strimzi.io', each(''), 'get list watch create patch update'),
    rule('kafka.strimzi.io', each('/status'), 'get patch update'),
    rule('kafka.strimzi.io', each('/finalizers'), 'update'),
    rule('core.strimzi.io', 'strimzipodsets', all),
    rule('core.strimzi.io', 'strimzipodsets/status', 'get patch update'),
    rule('core.strimzi.io', 'strimzipodsets/finalizers', 'update'),
    rule('kafka.strimzi.io', 'kafkarebalances', 'delete'),
  ],
  // The operator does not use the rights below itself, but it can grant only rights that it has.
  'strimzi-kafka-broker': [rule('', 'nodes', 'get')],
  'strimzi-entity-operator': [
    rule('kafka.strimzi.io', 'kafkatopics', 'get list watch create patch update delete'),
    rule('kafka.strimzi.io', 'kafkausers', 'get list watch create patch update'),
    rule('kafka.strimzi.io', 'kafkatopics/status kafkausers/status', 'get patch update'),
    rule('kafka.strimzi.io', 'kafkatopics/finalizers kafkausers/finalizers', 'update'),
    rule('', 'secrets', `${read} create delete patch update`),
  ],
  'strimzi-kafka-client': [rule('', 'nodes', 'get')],
};

/** The operator's roles in its namespace and in the whole cluster, by the name of the binding. */
const here = {
  [name]: `${name}-namespaced`,
  [`${name}-leader-election`]: `${name}-leader-election`,
  [`${name}-watched`]: `${name}-watched`,
  [`${name}-entity-operator-delegation`]: 'strimzi-entity-operator',
};
const everywhere = {
  [name]: `${name}-global`,
  [`${name}-kafka-broker-delegation`]: 'strimzi-kafka-broker',
  [`${name}-kafka-client-delegation`]: 'strimzi-kafka-client',
};

/** Strimzi 1.2.0: account, rights, Deployment. It watches its own namespace. */
export function strimzi(scope: Construct, profile: Profile): void {
  const { namespace } = profile;
  const meta = operatorMetadata(namespace, name);
  new k8s.KubeServiceAccount(scope, 'account', { metadata: meta });
  for (const [role, rules] of Object.entries(roles)) {
    clusterRole(scope, { namespace, account: name, name: role, rules });
  }
  for (const [binding, role] of Object.entries(here)) {
    bindHere(scope, { namespace, account: name, name: binding, role });
  }
  for (const [binding, role] of Object.entries(everywhere)) {
    bindEverywhere(scope, { namespace, account: name, name: binding, role });
  }
  new k8s.KubeConfigMap(scope, 'settings', { metadata: meta, data: { 'log4j2.properties': log4j2 } });
  deployment(scope, meta, strimziPod(name, profile), {
    // Strimzi's own policies let in only pods with this label.
    labels: upstreamLabels,
    annotations: { 'tidb-cdc/content': contentHash(log4j2) },
  });
}

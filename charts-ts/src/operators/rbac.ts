import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { metadata } from '../kit/kubernetes/metadata.ts';

/** An RBAC rule. */
export interface Rule {
  readonly apiGroups?: string[];
  readonly resources?: string[];
  readonly resourceNames?: string[];
  readonly nonResourceUrLs?: string[];
  readonly verbs: string[];
}

/** The verbs that read. */
export const read = 'get list watch';

/**
 * A rule in one line: an API group ('' is core), its resources, the verbs, and resource names if it is limited to them.
 * Lists are separated by spaces.
 */
export function rule(apiGroup: string, resources: string, verbs: string, resourceNames?: string): Rule {
  return {
    apiGroups: [apiGroup],
    resources: resources.split(' '),
    verbs: verbs.split(' '),
    ...defined({ resourceNames: resourceNames?.split(' ') }),
  };
}

/** An operator's account in the namespace, with its labels. */
export function operatorMetadata(namespace: string, name: string) {
  return metadata(namespace, name, 'operator');
}

/** A cluster-wide role with an operator's labels. */
export function clusterRole(
  scope: Construct,
  { namespace, account, name, rules }: { namespace: string; account: string; name: string; rules: readonly Rule[] },
): void {
  const { labels } = operatorMetadata(namespace, account);
  new k8s.KubeClusterRole(scope, `${name}-role`, { metadata: { name, labels }, rules: [...rules] });
}

interface Binding {
  readonly namespace: string;
  readonly account: string;
  readonly name: string;
  readonly role: string;
}

/** Gives an operator's account a role in the whole cluster. */
export function bindEverywhere(scope: Construct, { namespace, account, name, role }: Binding): void {
  const { labels } = operatorMetadata(namespace, account);
  new k8s.KubeClusterRoleBinding(scope, `${name}-everywhere`, {
    metadata: { name, labels },
    ...bound(namespace, account, role),
  });
}

/** Gives an operator's account the rights of a cluster-wide role in its own namespace only. */
export function bindHere(scope: Construct, { namespace, account, name, role }: Binding): void {
  const { labels } = operatorMetadata(namespace, account);
  new k8s.KubeRoleBinding(scope, `${name}-here`, {
    metadata: { name, namespace, labels },
    ...bound(namespace, account, role),
  });
}

function bound(namespace: string, account: string, role: string) {
  return {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
  };
}

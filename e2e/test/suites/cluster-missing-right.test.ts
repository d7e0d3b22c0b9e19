import { waitFor } from '@tidb-cdc/runtime/wait';
import { afterAll, expect, test } from 'vitest';
import { applyFolder, changedLines } from '../../src/cluster/apply.ts';
import { applyEverything } from '../../src/cluster/everything.ts';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import { distFolder, Manifests } from '../../src/cluster/manifests.ts';
import { type Operator, startOperator } from '../../src/cluster/operators.ts';
import { fetchGoProgram } from '../../src/go-programs.ts';
import { describeOnCluster, say } from '../cluster-stage.ts';
import { reconcileTimeoutMs, refusalsIn } from '../operator-stage.ts';

interface ClusterRole extends KubernetesObject {
  readonly rules: readonly { readonly resources?: readonly string[] }[];
}

interface ClusterRoleBinding extends KubernetesObject {
  readonly roleRef: { readonly name: string };
  readonly subjects: readonly { readonly name: string; readonly namespace?: string }[];
}

/** Proves that the operators' suites notice a refused request. */
describeOnCluster('an operator whose role lacks one rule', (stage) => {
  let operator: Operator | undefined;
  afterAll(() => operator?.stop());

  test('is refused and makes no StatefulSet, until dist/ is applied again', async () => {
    const program = await fetchGoProgram('prometheus-operator', say);
    const { plane } = stage();
    const { kubectl, audit } = plane;
    const dist = new Manifests(distFolder);
    await applyEverything(plane, dist);
    const role = roleOf(dist, 'prometheus-operator');
    const rules = role.rules.filter(({ resources }) => !resources?.includes('statefulsets'));
    expect(rules).toHaveLength(role.rules.length - 1);
    const patch = JSON.stringify({ rules });
    await kubectl.run(['patch', 'clusterrole', role.metadata.name, '--type=merge', `--patch=${patch}`]);

    operator = await startOperator('prometheus-operator', { plane, program, manifests: dist, waitUntilSynced: false });
    const { namespace, serviceAccount, log } = operator;
    await waitFor(
      'the operator to be refused and to say so',
      () => {
        expect(audit.forbidden(namespace, serviceAccount).map(({ resource }) => resource)).toContain(
          'apps/statefulsets',
        );
        expect(refusalsIn(log()).join('\n')).toContain('statefulsets');
      },
      { timeoutMs: reconcileTimeoutMs },
    );
    expect(await madeBy(namespace)).toEqual([]);

    expect(changedLines(await applyFolder(kubectl, distFolder))).toEqual([
      `clusterrole.rbac.authorization.k8s.io/${role.metadata.name} configured`,
    ]);
    await waitFor(
      'the StatefulSets of Prometheus and Alertmanager',
      async () => expect(await madeBy(namespace)).toHaveLength(2),
      { timeoutMs: reconcileTimeoutMs },
    );
  });

  async function madeBy(namespace: string): Promise<readonly string[]> {
    const sets = await stage().plane.kubectl.list('statefulsets', namespace);
    return sets.map(({ metadata }) => metadata.name).filter((name) => /^(prometheus|alertmanager)-/.test(name));
  }
});

/** The ClusterRole of an account. */
function roleOf(dist: Manifests, account: string): ClusterRole {
  const bindings = dist.ofKind<ClusterRoleBinding>('ClusterRoleBinding');
  const binding = bindings.find(({ subjects }) => subjects.some(({ name }) => name === account));
  if (binding === undefined) throw new Error(`no ClusterRoleBinding names ${account}`);
  return dist.one<ClusterRole>('ClusterRole', binding.roleRef.name);
}

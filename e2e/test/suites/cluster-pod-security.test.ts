import { waitFor } from '@tidb-cdc/runtime/wait';
import { beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject, Workload } from '../../src/cluster/kubernetes-object.ts';
import { qualifiedName } from '../../src/cluster/kubernetes-object.ts';
import { distFolder, Manifests } from '../../src/cluster/manifests.ts';
import { describeOnCluster } from '../cluster-stage.ts';

interface Event extends KubernetesObject {
  readonly reason?: string;
  readonly message?: string;
}

interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly ownerReferences?: readonly { readonly name: string }[] };
  readonly status: { readonly phase?: string };
}

const strictNamespace = 'restricted';

describeOnCluster("the pods of dist/ under Pod Security admission's level 'restricted'", (stage) => {
  let dist: Manifests;

  beforeAll(async () => {
    dist = new Manifests(distFolder);
    const { kubectl } = stage().plane;
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await kubectl.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: strictNamespace, labels } });
    const accounts = new Set(dist.workloads().map(accountOf));
    accounts.delete('default');
    const strict = [...accounts].map((name) => serviceAccount(name));
    if (strict.length > 0) await kubectl.create(...strict);
    await kubectl.run(['apply', '-f', distFolder]);
    await waitFor('the default account', () => kubectl.get('serviceaccount', 'default', strictNamespace), {
      timeoutMs: 30_000,
    });
  });

  test('a pod that asks for nothing is refused', async () => {
    const pod = { metadata: {}, spec: { containers: [{ name: 'any', image: 'any' }] } };
    await expect(dryRun('any', pod)).rejects.toThrow('violates PodSecurity "restricted');
  });

  test('the pod of every workload is accepted', async () => {
    expect(dist.workloads().length).toBeGreaterThan(5);
    for (const workload of dist.workloads()) {
      const { template } = workload.spec;
      await expect(dryRun(workload.metadata.name, template), qualifiedName(workload)).resolves.toContain('created');
    }
  });

  describe('in their own namespace', () => {
    test('every pod of a Deployment, a StatefulSet and a Job is made, scheduled and runs', async () => {
      const { kubectl } = stage().plane;
      const expected = dist.workloads().reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0);
      await waitFor(
        'all pods',
        async () => {
          const pods = await kubectl.list<Pod>('pods');
          const waiting = pods.filter(({ status }) => !['Running', 'Succeeded'].includes(status.phase ?? ''));
          expect(waiting.map(qualifiedName)).toEqual([]);
          expect(pods.length).toBeGreaterThanOrEqual(expected);
        },
        { timeoutMs: 120_000 },
      );
      const refused = (await kubectl.list<Event>('events')).filter(({ reason }) => reason === 'FailedCreate');
      expect(refused.map(({ message }) => message)).toEqual([]);
    });
  });

  /** A pod as its workload would make it, but under the strict level. */
  function dryRun(name: string, template: { readonly metadata?: object; readonly spec: object }): Promise<string> {
    const metadata = { ...template.metadata, name, namespace: strictNamespace };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec };
    return stage().plane.kubectl.run(['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(pod) });
  }
});

function accountOf({ spec }: Workload): string {
  return spec.template.spec.serviceAccountName ?? 'default';
}

function serviceAccount(name: string): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: strictNamespace } };
}

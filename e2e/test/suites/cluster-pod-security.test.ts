import { waitFor } from '@tidb-cdc/runtime/wait';
import { beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import { qualifiedName } from '../../src/cluster/kubernetes-object.ts';
import { distFolder, Manifests } from '../../src/cluster/manifests.ts';
import { describeOnCluster } from '../cluster-stage.ts';

interface Event extends KubernetesObject {
  readonly reason?: string;
  readonly message?: string;
}

interface Pod extends KubernetesObject {
  readonly status: { readonly phase?: string };
}

describeOnCluster("the namespace of dist/, which enforces Pod Security admission's level 'restricted'", (stage) => {
  beforeAll(() => stage().plane.kubectl.run(['apply', '-f', distFolder]));

  test('refuses a pod that asks for nothing', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'any', namespace: 'cdc' },
      spec: { serviceAccountName: 'consumer', containers: [{ name: 'any', image: 'any' }] },
    };
    const args = ['create', '--dry-run=server', '-f', '-'];
    await expect(stage().plane.kubectl.run(args, { input: JSON.stringify(pod) })).rejects.toThrow(
      'violates PodSecurity "restricted',
    );
  });

  test('has every pod of a Deployment, a StatefulSet and a Job, and each runs', async () => {
    const { kubectl } = stage().plane;
    const expected = new Manifests(distFolder).workloads().reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0);
    expect(expected).toBeGreaterThan(5);
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

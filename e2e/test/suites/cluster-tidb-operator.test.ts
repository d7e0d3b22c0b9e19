import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CreatedWorkload, conditionOf, imageOf, type Reconciled } from '../../src/cluster/created.ts';
import type { ConfigMap, KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import { whyNoNetworkNamespace } from '../../src/cluster/network-namespace.ts';
import { describeOperator, type OperatorStage, only } from '../operator-stage.ts';

interface TidbCluster extends KubernetesObject {
  readonly spec: {
    readonly version: string;
    readonly pd: { readonly replicas: number; readonly baseImage: string; readonly config: string };
  };
}

interface Service extends KubernetesObject {
  readonly spec: { readonly clusterIP?: string; readonly ports: readonly { readonly port: number }[] };
}

/** The operator continues after PD only when PD responds. So these tests do not cover TiKV, TiDB and TiCDC. */
describeOperator('tidb-operator', declare, { whyNot: whyNoNetworkNamespace() });

function declare(stage: () => OperatorStage): void {
  test("makes PD's StatefulSet with our version and size", async () => {
    const { metadata, spec } = only<TidbCluster>(stage(), 'TidbCluster');
    const set = await stage().eventually<CreatedWorkload>('statefulset', `${metadata.name}-pd`);
    expect(set.spec.replicas).toBe(spec.pd.replicas);
    expect(imageOf(set, 'pd')).toBe(`${spec.pd.baseImage}:${spec.version}`);
    expect(set.spec.volumeClaimTemplates?.map((claim) => claim.metadata.name)).toEqual(['pd']);
  });

  test("writes PD's configuration with every line of ours", async () => {
    const { metadata, spec } = only<TidbCluster>(stage(), 'TidbCluster');
    const set = await stage().eventually<CreatedWorkload>('statefulset', `${metadata.name}-pd`);
    const volume = set.spec.template.spec.volumes?.find(({ configMap }) => configMap !== undefined);
    const { data } = await stage().eventually<ConfigMap>('configmap', volume?.configMap?.name ?? 'none');
    const written = trimmedLines(data?.['config-file'] ?? '');
    expect(written).toEqual(expect.arrayContaining([...trimmedLines(spec.pd.config)]));
  });

  test("makes PD's Services and the discovery with rights of its own", async () => {
    const { name } = only(stage(), 'TidbCluster').metadata;
    const pd = await stage().eventually<Service>('service', `${name}-pd`);
    expect(pd.spec.ports.map(({ port }) => port)).toContain(2379);
    const peer = await stage().eventually<Service>('service', `${name}-pd-peer`);
    expect(peer.spec.clusterIP).toBe('None');
    for (const kind of ['deployment', 'service', 'serviceaccount', 'role', 'rolebinding']) {
      await stage().eventually(kind, `${name}-discovery`);
    }
  });

  test('leaves our fields as they are: a second apply meets no conflict', async () => {
    const { plane, customResources } = stage();
    const file = join(customResources.folder, 'tidbcluster-cdc.yaml');
    await plane.kubectl.run(['apply', '--server-side', '--field-manager=tidb-cdc', '-f', file]);
  });

  test('says of the cluster that PD does not answer yet', async () => {
    const { name } = only(stage(), 'TidbCluster').metadata;
    await stage().eventually<Reconciled>('tidbcluster', name, (object) =>
      expect(conditionOf(object, 'Ready')).toMatchObject({ status: 'False', reason: 'PDUnhealthy' }),
    );
  });
}

function trimmedLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

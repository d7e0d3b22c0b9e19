import { join } from 'node:path';
import { bundlePrograms } from '@tidb-cdc/charts/targets/kubernetes/bundles';
import { synthKubernetes } from '@tidb-cdc/charts/targets/kubernetes/synth';
import { beforeAll, expect, test } from 'vitest';
import { applyFolder, changedLines } from '../../src/cluster/apply.ts';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import { distFolder, Manifests } from '../../src/cluster/manifests.ts';
import { writeExternalProfile, writeProductionProfile } from '../../src/cluster/production-profile.ts';
import { describeOnCluster } from '../cluster-stage.ts';

interface Generation extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly generation: number };
}

describeOnCluster(
  'the production profile, with the console page, where the platform team has installed the operators',
  (stage) => {
    let manifests: Manifests;

    beforeAll(async () => {
      const { plane } = stage();
      const platform = new Manifests(distFolder).ofKind('CustomResourceDefinition');
      await plane.kubectl.create(...platform);
      const out = join(plane.folder, 'production');
      await synthKubernetes(await bundlePrograms(), { profile: writeProductionProfile(plane.folder), out });
      manifests = new Manifests(out);
    });

    test('brings no CRD and no operator', () => {
      expect(manifests.ofKind('CustomResourceDefinition')).toEqual([]);
      const images = manifests
        .workloads()
        .flatMap(({ spec }) => spec.template.spec.containers.map(({ image }) => image));
      expect(images.filter((image) => /operator/.test(image))).toEqual([]);
    });

    test('is applied at once', async () => {
      const lines = await applyFolder(stage().plane.kubectl, manifests.folder);
      expect(lines).toHaveLength(manifests.objects.length);
      expect(lines.filter((line) => !line.endsWith(' created'))).toEqual([]);
    });

    test('a second time changes nothing', async () => {
      const { kubectl } = stage().plane;
      const before = await generations('poddisruptionbudgets');
      const lines = changedLines(await applyFolder(kubectl, manifests.folder));
      // kubectl sends the selector of these every time, since the API replaces it as a whole. They do not change.
      expect(lines.filter((line) => !line.startsWith('poddisruptionbudget.policy/'))).toEqual([]);
      expect(await generations('poddisruptionbudgets')).toEqual(before);
    });

    test('the profile external is applied at once beside it, and a second time changes nothing', async () => {
      const { kubectl, folder } = stage().plane;
      const out = join(folder, 'external');
      await synthKubernetes(await bundlePrograms(), { profile: writeExternalProfile(folder, 'external'), out });
      const lines = await applyFolder(kubectl, out);
      expect(lines.filter((line) => !line.endsWith(' created'))).toEqual([]);
      expect(lines).toHaveLength(new Manifests(out).objects.length);
      const again = changedLines(await applyFolder(kubectl, out));
      expect(again.filter((line) => !line.startsWith('poddisruptionbudget.policy/'))).toEqual([]);
    });

    test("somebody's edit of a custom resource is in the difference, and an apply takes it back", async () => {
      const { kubectl } = stage().plane;
      const patch = JSON.stringify({ spec: { retention: '1h' } });
      await kubectl.run(['patch', 'prometheus', 'cdc', '--namespace=cdc', '--type=merge', `--patch=${patch}`]);
      const difference = kubectl.run(['diff', '-f', manifests.folder], { timeoutMs: 240_000 });
      await expect(difference).rejects.toThrow(/^-\s+retention: 1h$/m);
      expect(changedLines(await applyFolder(kubectl, manifests.folder))).toContain(
        'prometheus.monitoring.coreos.com/cdc configured',
      );
    });

    async function generations(kind: string): Promise<readonly (readonly [name: string, generation: number])[]> {
      const objects = await stage().plane.kubectl.list<Generation>(kind);
      return objects.map(({ metadata }) => [metadata.name, metadata.generation]);
    }
  },
);

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePrograms } from '@tidb-cdc/charts/targets/kubernetes/bundles';
import { synthKubernetes } from '@tidb-cdc/charts/targets/kubernetes/synth';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { applyFolder, changedLines } from '../../src/cluster/apply.ts';
import { applyEverything, setupJobs } from '../../src/cluster/everything.ts';
import { jobNamed, runJob } from '../../src/cluster/job.ts';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import { Manifests } from '../../src/cluster/manifests.ts';
import { describeOnCluster } from '../cluster-stage.ts';

interface Generation extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly generation: number };
}

type Settings = Record<string, unknown>;

/** `job.batch/bootstrap-0123456789 created` without the hash, which depends on the content. */
const withoutHash = (line: string): string => line.replace(/^(job\.batch\/.*)-[0-9a-f]{10} /, '$1-<hash> ');

describeOnCluster('a changed profile, applied again', (stage) => {
  let before: Manifests;

  beforeAll(async () => {
    before = await synth('before', () => {});
    await applyEverything(stage().plane, before);
  });

  test('that is the same changes nothing', async () => {
    expect(await changesBy(await synth('same', () => {}))).toEqual([]);
  });

  test('with more memory for the consumer changes its StatefulSet alone', async () => {
    const after = await synth('consumer', (profile) => {
      section(profile, 'consumer').memoryLimit = '320Mi';
    });
    expect(await changesBy(after)).toEqual(['statefulset.apps/consumer configured']);
    expect(await changesBy(before)).toEqual(['statefulset.apps/consumer configured']);
  });

  test('with another retention makes a new bootstrap Job, whose commands change Prometheus alone', async () => {
    const after = await synth('retention', (profile) => {
      section(profile, 'prometheus').retention = '5d';
    });
    expect(await changesBy(after)).toEqual([
      'configmap/custom-resources configured',
      'job.batch/bootstrap-<hash> created',
    ]);
    expect(await customResourcesChangedBy(after)).toEqual(['Prometheus/cdc']);
  });

  test('with more partitions makes new Jobs for the resources and for the changefeed', async () => {
    const after = await synth('partitions', (profile) => {
      section(profile, 'prometheus').retention = '5d';
      section(profile, 'kafka').partitions = 6;
    });
    expect(await changesBy(after)).toEqual([
      'configmap/custom-resources configured',
      'configmap/start-changefeed configured',
      'job.batch/bootstrap-<hash> created',
      'job.batch/start-changefeed-<hash> created',
    ]);
    expect(await customResourcesChangedBy(after)).toEqual(['KafkaTopic/cdc-events']);
  });

  /** The manifests of the kind profile after a change. */
  async function synth(name: string, change: (profile: Settings) => void): Promise<Manifests> {
    const { folder } = stage().plane;
    const profile = parse(readFileSync(repositoryFile('k8s', 'profiles', 'kind.yaml'), 'utf8')) as Settings;
    change(profile);
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, stringify(profile));
    const out = join(folder, 'manifests', name);
    await synthKubernetes(await bundlePrograms(), { profile: file, out });
    return new Manifests(out);
  }

  /** kubectl's lines about objects that an apply changes. */
  async function changesBy({ folder, objects }: Manifests): Promise<readonly string[]> {
    const lines = await applyFolder(stage().plane.kubectl, folder);
    expect(lines).toHaveLength(objects.length);
    return changedLines(lines).map(withoutHash).sort();
  }

  /** Custom resources whose specification the bootstrap Job changes. */
  async function customResourcesChangedBy(after: Manifests): Promise<readonly string[]> {
    const { plane } = stage();
    const earlier = await generations(after);
    await runJob(plane, after, jobNamed(after, setupJobs.customResources));
    const later = await generations(after);
    return [...later].filter(([name, generation]) => earlier.get(name) !== generation).map(([name]) => name);
  }

  async function generations({ folder }: Manifests): Promise<ReadonlyMap<string, number>> {
    const output = await stage().plane.kubectl.run(['get', '-f', join(folder, 'crs'), '-o=json']);
    const { items } = JSON.parse(output) as { items: readonly Generation[] };
    return new Map(items.map(({ kind, metadata: { name, generation } }) => [`${kind}/${name}`, generation]));
  }
});

function section(profile: Settings, name: string): Settings {
  const found = profile[name];
  if (typeof found !== 'object' || found === null) throw new Error(`the profile has no section ${name}`);
  return found as Settings;
}

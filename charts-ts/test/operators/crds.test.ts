import { describe, expect, test } from 'vitest';
import { customKinds } from '../../src/targets/kubernetes/custom-resources.ts';
import { kubernetesCharts } from '../../src/targets/kubernetes/render.ts';
import { bundles } from '../support/bundles.ts';
import { kindWithImages } from '../support/profiles.ts';
import { hasUpstream, type UpstreamCrd, upstreamIndex, upstreamSummaries } from '../support/upstream.ts';

const upstream = hasUpstream("names, versions and subresources of the operators' CRDs");
const chart = kubernetesCharts(kindWithImages, bundles).find(({ node }) => node.id === 'crds');
const crds = (chart?.toJson() ?? []) as UpstreamCrd[];

function outline({ spec }: UpstreamCrd) {
  const { group, scope, names, versions } = spec;
  return {
    group,
    scope,
    names,
    versions: versions.map(({ name, served, storage, subresources }) => ({ name, served, storage, subresources })),
  };
}

describe('compact CRDs', () => {
  test('has a type for each field that we write, and lets others write more', () => {
    for (const { kind, group, plural } of customKinds) {
      const crd = crds.find(({ metadata }) => metadata.name === `${plural}.${group}`);
      const schema = crd?.spec.versions.find(({ storage }) => storage)?.schema.openAPIV3Schema;
      expect(Object.keys(schema?.properties?.spec?.properties ?? {}), kind).not.toEqual([]);
      expect(schema?.properties?.spec?.['x-kubernetes-preserve-unknown-fields'], kind).toBe(true);
    }
  });

  test('has no status subresource on a TidbCluster, whose operator writes the status by a plain update', () => {
    const crd = crds.find(({ metadata }) => metadata.name === 'tidbclusters.pingcap.com');
    expect(crd?.spec.versions.map(({ subresources }) => subresources)).toEqual([undefined]);
  });

  test.runIf(upstream)('are those that the operators watch, all of them', () => {
    expect(crds.map(({ metadata }) => metadata.name).sort()).toEqual(
      upstreamIndex()
        .map(({ crd }) => crd)
        .sort(),
    );
  });

  test.runIf(upstream).each(upstream ? upstreamSummaries() : [])('$metadata.name is as upstream', (theirs) => {
    const ours = crds.find(({ metadata }) => metadata.name === theirs.metadata.name);
    expect(ours === undefined ? undefined : outline(ours)).toEqual(outline(theirs));
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { annotationLimit, lastAppliedBytes } from '../../../src/kit/kubernetes/object-size.ts';
import { customResources } from '../../../src/targets/kubernetes/custom-resources.ts';
import { renderKubernetes } from '../../../src/targets/kubernetes/render.ts';
import { bundles } from '../../support/bundles.ts';
import { kind, kindWithImages, production, profiles, repositoryFile } from '../../support/profiles.ts';

const rendered = renderKubernetes(kind, bundles);

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly data?: Readonly<Record<string, string>>;
}

function manifests(files: ReadonlyMap<string, string>): Manifest[] {
  return [...files]
    .filter(([name]) => /^[^/]*\.yaml$/.test(name))
    .flatMap(([, text]) => parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as Manifest));
}

describe('renderKubernetes', () => {
  test('writes the same bytes twice', () => {
    expect([...renderKubernetes(kind, bundles)]).toEqual([...rendered]);
  });

  test('is what dist/ holds', () => {
    const folder = repositoryFile('dist');
    const committed = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1));
    expect(committed.sort(), 'remedy: npm run synth').toEqual([...rendered.keys()].sort());
    for (const [name, text] of rendered) {
      expect(readFileSync(`${folder}/${name}`, 'utf8') === text, `dist/${name} is stale: npm run synth`).toBe(true);
    }
  });

  test('numbers the files in the order in which the charts need each other', () => {
    const names = (files: ReadonlyMap<string, string>) =>
      [...files.keys()].filter((name) => /^[^/]*\.yaml$/.test(name));
    expect(names(rendered)).toEqual([
      '0000-crds.yaml',
      '0001-namespace.yaml',
      '0002-operators.yaml',
      '0003-platform.yaml',
      '0004-bootstrap.yaml',
      '0005-changefeed.yaml',
    ]);
    expect(names(renderKubernetes(production, bundles))).toEqual([
      '0000-namespace.yaml',
      '0001-platform.yaml',
      '0002-resources.yaml',
      '0003-changefeed.yaml',
    ]);
  });

  test('keeps every object below what a client-side apply can store', () => {
    const sizes = manifests(rendered).map((object) => [object.metadata.name, lastAppliedBytes(object)] as const);
    expect(sizes.filter(([, bytes]) => bytes >= annotationLimit)).toEqual([]);
  });

  test.each(profiles)(
    'holds no custom resource beside their CRDs, and no cluster-wide object in a namespace: %s',
    (_, profile) => {
      const clusterWide = /^(CustomResourceDefinition|Namespace|ClusterRole|ClusterRoleBinding)$/;
      const native = /^(v1|(apps|batch|autoscaling|policy|[a-z.]+\.k8s\.io)\/v\d)$/;
      for (const { apiVersion, kind: name, metadata } of manifests(
        renderKubernetes({ ...profile, programs: production.programs }, bundles),
      )) {
        if (profile.operators === 'install') expect(apiVersion).toMatch(native);
        const own = clusterWide.test(name) ? [undefined] : ['cdc', 'cdc-backup'];
        expect(own, `${name} ${metadata.name}`).toContain(metadata.namespace);
      }
    },
  );

  test('has the same bytes of a custom resource in crs/ and in the ConfigMap of the bootstrap Job', () => {
    const configMap = manifests(rendered).find(({ metadata }) => metadata.name === 'custom-resources');
    const readable = [...rendered].filter(([name]) => name.startsWith('crs/'));
    expect(Object.fromEntries(readable.map(([name, text]) => [name.slice('crs/'.length), text]))).toEqual(
      configMap?.data,
    );
  });

  test('labels the ConfigMaps with code, so that those of an earlier one are found', () => {
    const code = manifests(rendered).filter(({ metadata }) => /-code-/.test(metadata.name));
    expect(code.length).toBeGreaterThan(1);
    for (const { metadata } of code) {
      expect(metadata.labels?.['tidb-cdc/code']).toBe(metadata.name.replace(/-code-.*$/, ''));
    }
  });

  test('takes the code out of ConfigMaps where the profile names images', () => {
    const code = (files: ReadonlyMap<string, string>) =>
      manifests(files).filter(({ metadata }) => /-code-/.test(metadata.name));
    expect(code(rendered).length).toBeGreaterThan(1);
    expect(code(renderKubernetes(kindWithImages, bundles))).toEqual([]);
  });
});

describe('production', () => {
  const files = renderKubernetes(production, bundles);
  const dashboard = /^ {2}name: grafana-dashboard-cdc-/m;
  const withoutDashboards = (text: string) =>
    text
      .split('---\n')
      .filter((document) => !dashboard.test(document))
      .join('---\n');

  test.each([...files.keys()])('is as it was: %s', async (name) => {
    await expect(withoutDashboards(files.get(name) ?? '')).toMatchFileSnapshot(`snapshots/production/${name}`);
  });

  test('has its custom resources as objects, and no Job that applies them', () => {
    const objects = manifests(files);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
      expect.arrayContaining(customResources(production).map(({ kind, metadata }) => `${kind} ${metadata.name}`)),
    );
    expect(objects.filter(({ metadata }) => /^(bootstrap|custom-resources)/.test(metadata.name))).toEqual([]);
  });
});

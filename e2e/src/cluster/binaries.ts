import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheEntry } from '@tidb-cdc/embedded/fetch/cache';
import { type GoBuild, goBuildEntry } from '@tidb-cdc/embedded/fetch/go-build';
import { repositoryFile } from '@tidb-cdc/runtime/repository';

/** What a cluster without kubelets consists of, and kubectl. */
export const controlPlaneBinaries = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const;

/** In the order of building: what the rest stands on comes first. */
export const clusterBinaries = [
  ...controlPlaneBinaries,
  'prometheus-operator',
  'eck-operator',
  'tidb-operator',
  'promtool',
] as const;

/** Programs of a control plane, the operators that reconcile on it, and what checks their work. */
export type ClusterBinary = (typeof clusterBinaries)[number];

interface GoSource {
  /** Folder of the go.mod that pins all that goes into the program. */
  readonly moduleDir: string;
  /** The module that the version is of. */
  readonly module: string;
  /** Package path inside the module. */
  readonly command: string;
  readonly tags?: readonly string[];
  /** Linker's values of the version that the program tells, from the module's version. */
  readonly variables?: (version: string) => Readonly<Record<string, string>>;
}

const wrapper = (name: string): string => repositoryFile('e2e', 'go', name);

const kubernetes = (name: string): GoSource => ({
  moduleDir: wrapper('kubernetes'),
  module: 'k8s.io/kubernetes',
  command: `cmd/${name}`,
  // Without these the server says v0.0.0, which is older than anything its clients and the operators know.
  variables: (version) => {
    const [major = '', minor = ''] = version.slice(1).split('.');
    const prefix = 'k8s.io/component-base/version';
    return { [`${prefix}.gitVersion`]: version, [`${prefix}.gitMajor`]: major, [`${prefix}.gitMinor`]: minor };
  },
});

const sources: Readonly<Record<ClusterBinary, GoSource>> = {
  etcd: { moduleDir: wrapper('etcd'), module: 'go.etcd.io/etcd/server/v3', command: '' },
  'kube-apiserver': kubernetes('kube-apiserver'),
  kubectl: kubernetes('kubectl'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kwok: { moduleDir: wrapper('kwok'), module: 'sigs.k8s.io/kwok', command: 'cmd/kwok' },
  'prometheus-operator': {
    moduleDir: wrapper('prometheus-operator'),
    module: 'github.com/prometheus-operator/prometheus-operator',
    command: 'cmd/operator',
    variables: (version) => ({ 'github.com/prometheus/common/version.Version': version.slice(1) }),
  },
  'eck-operator': {
    moduleDir: wrapper('eck'),
    module: 'github.com/elastic/cloud-on-k8s/v3',
    command: 'cmd',
    variables: (version) => ({ 'github.com/elastic/cloud-on-k8s/v3/pkg/about.version': version.slice(1) }),
  },
  'tidb-operator': {
    moduleDir: wrapper('tidb-operator'),
    module: 'github.com/pingcap/tidb-operator',
    command: 'cmd/controller-manager',
  },
  // Not the one of the embedded system, which knows no service discovery: an operator's configuration is all discovery.
  promtool: {
    moduleDir: repositoryFile('embedded', 'go', 'prometheus'),
    module: 'github.com/prometheus/prometheus',
    command: 'cmd/promtool',
    tags: ['remove_all_sd', 'enable_kubernetes_sd'],
  },
};

/** Version of a program, as its go.mod pins it: `v1.36.3`. */
export function binaryVersion(binary: ClusterBinary): string {
  const { moduleDir, module } = sources[binary];
  return requiredVersion(moduleDir, module);
}

/** The cache entry that holds a program, in a file of its name. */
export function binaryEntry(binary: ClusterBinary): CacheEntry {
  const { moduleDir, module, command, tags, variables } = sources[binary];
  const version = binaryVersion(binary);
  const build: GoBuild = { program: binary, version, moduleDir, mainPackage: join(module, command) };
  return goBuildEntry({
    ...build,
    ...(tags === undefined ? {} : { tags }),
    ...(variables === undefined ? {} : { variables: variables(version) }),
  });
}

/** The version of a module that a go.mod requires. */
export function requiredVersion(moduleDir: string, module: string): string {
  const goMod = join(moduleDir, 'go.mod');
  for (const line of readFileSync(goMod, 'utf8').split('\n')) {
    const [name, version] = line
      .replace(/^require\s/, '')
      .trim()
      .split(/\s+/);
    if (name === module && version?.startsWith('v')) return version;
  }
  throw new Error(`${goMod} requires no version of ${module}`);
}

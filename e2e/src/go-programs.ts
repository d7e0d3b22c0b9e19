import { join } from 'node:path';
import { type GoProgram, goEntry } from '@tidb-cdc/embedded/fetch/go-build';
import { goPrograms as embeddedPrograms } from '@tidb-cdc/embedded/parts/go-program';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { fetchCached } from './cached.ts';

type Source = Pick<GoProgram, 'package' | 'tags' | 'variables'>;

/** Programs of one module, pinned in a folder of e2e/go. */
function programsOf<N extends string>(folder: string, module: string, sources: Readonly<Record<N, Source>>) {
  const moduleDir = repositoryFile('e2e', 'go', folder);
  const programs = Object.entries<Source>(sources).map(([name, source]) => [
    name,
    { name, moduleDir, module, ...source },
  ]);
  return Object.fromEntries(programs) as Readonly<Record<N, GoProgram>>;
}

/** Without these variables the server reports v0.0.0, older than any version its clients and the operators accept. */
function kubernetesVersion(version: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = version.slice(1).split('.');
  const prefix = 'k8s.io/component-base/version';
  return { [`${prefix}.gitVersion`]: version, [`${prefix}.gitMajor`]: major, [`${prefix}.gitMinor`]: minor };
}

/** Programs that the suites build from Go modules; those that others need come first. */
export const goPrograms = {
  ...programsOf('etcd', 'go.etcd.io/etcd/server/v3', { etcd: { package: '' } }),
  ...programsOf('kubernetes', 'k8s.io/kubernetes', {
    'kube-apiserver': { package: 'cmd/kube-apiserver', variables: kubernetesVersion },
    kubectl: { package: 'cmd/kubectl', variables: kubernetesVersion },
    'kube-controller-manager': { package: 'cmd/kube-controller-manager', variables: kubernetesVersion },
    'kube-scheduler': { package: 'cmd/kube-scheduler', variables: kubernetesVersion },
  }),
  ...programsOf('kwok', 'sigs.k8s.io/kwok', { kwok: { package: 'cmd/kwok' } }),
  ...programsOf('prometheus-operator', 'github.com/prometheus-operator/prometheus-operator', {
    'prometheus-operator': {
      package: 'cmd/operator',
      variables: (version) => ({ 'github.com/prometheus/common/version.Version': version.slice(1) }),
    },
  }),
  ...programsOf('eck', 'github.com/elastic/cloud-on-k8s/v3', {
    'eck-operator': {
      package: 'cmd',
      variables: (version) => ({ 'github.com/elastic/cloud-on-k8s/v3/pkg/about.version': version.slice(1) }),
    },
  }),
  ...programsOf('tidb-operator', 'github.com/pingcap/tidb-operator', {
    'tidb-operator': { package: 'cmd/controller-manager' },
  }),
  ...programsOf('alertmanager', 'github.com/prometheus/alertmanager', {
    alertmanager: { package: 'cmd/alertmanager' },
  }),
  ...programsOf('json-exporter', 'github.com/prometheus-community/json_exporter', { 'json-exporter': { package: '' } }),
  ...programsOf('cyclonus', 'github.com/mattfenwick/cyclonus', { cyclonus: { package: 'cmd/cyclonus' } }),
  ...programsOf('compose', 'github.com/compose-spec/compose-go/v2', { compose: { package: '.' } }),
  // The embedded Prometheus's version, but with service discovery of Kubernetes, which operators configure.
  promtool: {
    ...embeddedPrograms.prometheus,
    name: 'promtool',
    package: 'cmd/promtool',
    tags: ['remove_all_sd', 'enable_kubernetes_sd'],
  },
} as const satisfies Readonly<Record<string, GoProgram>>;

export type GoProgramName = keyof typeof goPrograms;

/** Path of a program; builds it if it is not cached. */
export async function fetchGoProgram(name: GoProgramName, say: (line: string) => void): Promise<string> {
  return join(await fetchCached(name, goEntry(goPrograms[name]), say), name);
}

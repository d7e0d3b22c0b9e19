import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { releasedNode } from '../node-release.ts';
import { type LocalCommand, localCommand } from './container.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Kubectl } from './kubectl.ts';
import { type Container, isConfigMap, type Workload } from './kubernetes-object.ts';
import type { Manifests } from './manifests.ts';

const timeoutMs = 300_000;

/** Finds the only Job whose name is `name` followed by a hash. */
export function jobNamed(manifests: Manifests, name: string): Workload {
  const found = manifests
    .ofKind<Workload>('Job')
    .filter((job) => job.metadata.name.replace(/-[0-9a-f]+$/, '') === name);
  const [job] = found;
  if (job === undefined || found.length > 1) throw new Error(`${manifests.folder} holds ${found.length} Jobs ${name}`);
  return job;
}

/** Namespace and name of the ServiceAccount of a Job's pod. */
export function accountOf({ metadata, spec }: Workload): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata.namespace ?? 'default', name: spec.template.spec.serviceAccountName ?? 'default' };
}

/** kubectl with the token of a Job's ServiceAccount. */
export function kubectlOf(plane: ControlPlane, job: Workload): Promise<Kubectl> {
  const { namespace, name } = accountOf(job);
  return plane.kubectl.asServiceAccount(namespace, name, join(plane.folder, `${name}.kubeconfig`));
}

/**
 * Runs the commands of a Job's containers on this machine, one after another as its pod would, with its
 * ServiceAccount's token. kubectl is the cluster's own; Node has the image's version.
 * @returns the output of each container
 */
export async function runJob(plane: ControlPlane, manifests: Manifests, job: Workload): Promise<readonly string[]> {
  const { namespace } = accountOf(job);
  const kubectl = await kubectlOf(plane, job);
  const env = await inClusterEnvironment(plane, job);
  const configMaps = manifests.objects.filter(isConfigMap).filter(({ metadata }) => metadata.namespace === namespace);
  const { spec: pod } = job.spec.template;
  const printed: string[] = [];
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    const folder = join(plane.folder, job.metadata.name);
    const command = localCommand({ pod, container, namespace, podName: job.metadata.name, configMaps, folder });
    printed.push(await runContainer(container, command, kubectl, env));
  }
  return printed;
}

async function runContainer(
  { name, image, command }: Container,
  { args, env }: LocalCommand,
  kubectl: Kubectl,
  inCluster: Readonly<Record<string, string>>,
): Promise<string> {
  // The image's entry point is kubectl.
  if (/\/kubectl[:@]/.test(image) && command === undefined) return kubectl.run(args, { timeoutMs });
  const [program, ...rest] = args;
  if (program !== 'node') throw new Error(`container ${name} runs ${program}, which is not known here`);
  const node = await releasedNode((line) => console.log(`cluster: ${line}`));
  return (await execa(node, rest, { env: { ...env, ...inCluster }, timeout: timeoutMs })).stdout;
}

/** Tells our jobs where the apiserver and the account's token are. In a pod, the kubelet writes these files. */
async function inClusterEnvironment(plane: ControlPlane, job: Workload): Promise<Readonly<Record<string, string>>> {
  const { namespace, name } = accountOf(job);
  const file = (suffix: string, text: string): string => {
    const path = join(plane.folder, `${name}.${suffix}`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    KUBERNETES_URL: `https://127.0.0.1:${plane.apiPort}`,
    TOKEN_FILE: file('token', await plane.kubectl.token(namespace, name)),
    NAMESPACE_FILE: file('namespace', namespace),
    KUBERNETES_CA_FILE: plane.certificate,
  };
}

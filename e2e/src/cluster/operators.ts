import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@tidb-cdc/runtime/ports';
import { type ServerProcess, startServer } from '../server-process.ts';
import { localCommand } from './container.ts';
import type { ControlPlane } from './control-plane.ts';
import { isConfigMap, type Workload } from './kubernetes-object.ts';
import type { Manifests } from './manifests.ts';
import { inNetworkNamespace } from './network-namespace.ts';

/** Operators that can be built from Go modules. */
export type OperatorName = 'prometheus-operator' | 'eck-operator' | 'tidb-operator';

/** An operator that runs on this machine with the ServiceAccount from its manifests. */
export interface Operator {
  readonly name: OperatorName;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Its output so far. */
  log(): string;
  stop(): Promise<void>;
}

interface OperatorKind {
  /** Identifies its container by the image, without registry and tag. */
  readonly image: RegExp;
  /** Additional arguments for a process on this machine. */
  readonly extraArgs: () => Promise<readonly string[]>;
  /** Appears in its log once it reconciles. */
  readonly started: RegExp;
  /** Whether it listens on a fixed port of all addresses, whatever its arguments. */
  readonly isolated?: true;
}

const kinds: Readonly<Record<OperatorName, OperatorKind>> = {
  'prometheus-operator': {
    image: /prometheus-operator\/prometheus-operator[:@]/,
    extraArgs: async () => [`--web.listen-address=127.0.0.1:${await freePort()}`],
    started: /successfully synced all caches/i,
  },
  'eck-operator': {
    image: /eck\/eck-operator[:@]/,
    extraArgs: async () => ['--metrics-port=0'],
    started: /Starting workers/,
  },
  'tidb-operator': {
    image: /pingcap\/tidb-operator[:@]/,
    extraArgs: async () => [],
    started: /cache of informer factories sync successfully/,
    isolated: true,
  },
};

export interface StartOperatorOptions {
  readonly plane: ControlPlane;
  readonly manifests: Manifests;
  /** The operator's program. */
  readonly program: string;
  /** Without a permission it needs, an operator never syncs. @default true */
  readonly waitUntilSynced?: boolean;
}

/** Starts an operator with the arguments, environment and permissions from its manifests. */
export async function startOperator(
  name: OperatorName,
  { plane, manifests, program, waitUntilSynced = true }: StartOperatorOptions,
): Promise<Operator> {
  const kind = kinds[name];
  const { workload, container } = findContainer(manifests, kind.image);
  const { namespace = 'default' } = workload.metadata;
  const { spec: pod } = workload.spec.template;
  const serviceAccount = pod.serviceAccountName ?? 'default';
  const folder = join(plane.folder, name);
  mkdirSync(folder, { recursive: true });
  const kubeconfig = join(folder, 'kubeconfig');
  await plane.kubectl.writeServiceAccountConfig(namespace, serviceAccount, kubeconfig);
  const configMaps = manifests.objects.filter(isConfigMap).filter(({ metadata }) => metadata.namespace === namespace);
  const { args, env } = localCommand({ pod, container, namespace, podName: `${name}-0`, configMaps, folder });
  // The image's entry point is the program, at whatever path.
  const ownArgs = container.command === undefined ? args : args.slice(1);
  const direct = [program, ...ownArgs, ...(await kind.extraArgs())] as const;
  const isolation = kind.isolated ? await inNetworkNamespace(direct, plane) : undefined;
  const logFile = join(folder, 'log');
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const isReady = async (): Promise<void> => {
    if (waitUntilSynced && !kind.started.test(log())) throw new Error(`its log does not say ${kind.started} yet`);
  };
  const command = isolation?.command ?? direct;
  let server: ServerProcess;
  try {
    server = await startServer({ name, command, env: { ...env, KUBECONFIG: kubeconfig }, logFile, isReady });
  } catch (error) {
    await isolation?.close();
    throw error;
  }
  const stop = async (): Promise<void> => {
    await server.stop();
    await isolation?.close();
  };
  return { name, namespace, serviceAccount, log, stop };
}

function findContainer(manifests: Manifests, image: RegExp) {
  const found = manifests
    .workloads()
    .flatMap((workload: Workload) =>
      workload.spec.template.spec.containers.map((container) => ({ workload, container })),
    )
    .filter(({ container }) => image.test(container.image));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${manifests.folder}: ${found.length} containers have an image like ${image}, not one`);
  }
  return first;
}

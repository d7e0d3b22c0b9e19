import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ClusterJobName } from '../../pipeline.ts';
import { contentHash } from '../content-hash.ts';
import { nodeUser, type ProgramCode } from './code.ts';
import { annotated, metadata } from './metadata.ts';
import {
  containerResources,
  type Environment,
  environmentVariables,
  restrictedContainer,
  restrictedPod,
  smallSize,
  unlessEmpty,
} from './pod.ts';
import { secretFolders } from './secret.ts';

/** How long a job waits for each system it works on, in seconds: a first start pulls gigabytes of images. */
const waitSeconds = '1800';

/** Where a job finds the files of its ConfigMap. */
export const jobFilesFolder = '/etc/tidb-cdc';

/** One program of a Job. */
export interface JobStep {
  readonly program: ClusterJobName;
  /** The container's name. @default the program's */
  readonly name?: string;
  /** Its settings, except how long it waits. */
  readonly environment: Environment;
}

export interface JobOptions {
  readonly namespace: string;
  /** The Job's name; the hash of its content is added. */
  readonly name: string;
  readonly code: ProgramCode;
  /** Run one after another; each starts when the previous one has succeeded. */
  readonly steps: readonly [JobStep, ...JobStep[]];
  /** Files under /etc/tidb-cdc, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Secrets that are mounted as folders: Secret name → folder. */
  readonly secretFolders?: Readonly<Record<string, string>>;
  /** Annotations of its pod. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The account whose token the programs get. @default none */
  readonly account?: string;
}

/**
 * A Job of our own programs, and the ConfigMap with their files. A Job cannot be changed, so changed content gets a new
 * name: a new Job runs beside what the old one left.
 */
export function programJob(scope: Construct, options: JobOptions): void {
  const { namespace, name, files, annotations = {} } = options;
  const meta = metadata(namespace, name, 'setup');
  new k8s.KubeConfigMap(scope, `${name}-files`, { metadata: meta, data: { ...files } });
  const spec = jobPod(options);
  const hashed = `${name}-${contentHash([spec, files, annotations])}`;
  new k8s.KubeJob(scope, name, {
    metadata: { ...meta, name: hashed },
    spec: { backoffLimit: 20, template: { metadata: { labels: meta.labels, ...annotated(annotations) }, spec } },
  });
}

/** A Secret's name may contain dots, a volume's name may not. */
function volumeName(secret: string): string {
  return secret.replaceAll('.', '-');
}

function jobPod({ name, code, steps, secretFolders: folders = {}, account }: JobOptions): k8s.PodSpec {
  const secrets = secretFolders(
    Object.fromEntries(Object.entries(folders).map(([secret, folder]) => [volumeName(secret), { secret, folder }])),
  );
  const volumeMounts = [
    ...code.volumeMounts,
    { name: 'files', mountPath: jobFilesFolder, readOnly: true },
    ...secrets.volumeMounts,
  ];
  const containers = steps.map((step): k8s.Container => {
    return {
      name: step.name ?? step.program,
      image: code.image,
      imagePullPolicy: 'IfNotPresent',
      command: code.command(step.program),
      env: environmentVariables({ ...step.environment, WAIT_TIMEOUT_SECONDS: waitSeconds }),
      resources: containerResources(smallSize),
      securityContext: restrictedContainer,
      volumeMounts,
    };
  });
  return {
    restartPolicy: 'OnFailure',
    ...defined({ serviceAccountName: account }),
    automountServiceAccountToken: account !== undefined,
    enableServiceLinks: false,
    securityContext: restrictedPod(nodeUser),
    ...unlessEmpty('imagePullSecrets', code.imagePullSecrets),
    ...unlessEmpty('initContainers', [...code.initContainers, ...containers.slice(0, -1)]),
    containers: containers.slice(-1),
    volumes: [...code.volumes, { name: 'files', configMap: { name } }, ...secrets.volumes],
  };
}

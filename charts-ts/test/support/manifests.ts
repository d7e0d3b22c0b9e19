import type { Chart } from 'cdk8s';
import type { Profile } from '../../src/profile/fields.ts';
import { kubernetesCharts } from '../../src/targets/kubernetes/render.ts';
import { bundles } from './bundles.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly lifecycle?: { readonly preStop?: { readonly exec?: { readonly command: readonly string[] } } };
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly restartPolicy?: string;
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly subPath?: string;
    readonly readOnly?: boolean;
  }[];
}

export interface PodSpec {
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly automountServiceAccountToken?: boolean;
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: readonly unknown[];
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly metadata: Manifest['metadata']; readonly spec: PodSpec };
    readonly [field: string]: unknown;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The objects of a profile's charts, in order. @param chart @default all charts */
export function manifestsOf(profile: Profile, chart?: string): readonly Manifest[] {
  const charts: readonly Chart[] = kubernetesCharts(profile, bundles);
  return charts
    .filter(({ node }) => chart === undefined || node.id === chart)
    .flatMap((one) => one.toJson() as Manifest[]);
}

/** Whether an init container runs along with the containers, from before their start until after their end. */
export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

/** The objects that run pods. */
export function workloads(manifests: readonly Manifest[]): readonly (Manifest & { readonly pod: PodSpec })[] {
  return manifests.flatMap((manifest) => {
    const pod = manifest.spec?.template?.spec;
    return pod === undefined || !/^(Deployment|StatefulSet|Job)$/.test(manifest.kind) ? [] : [{ ...manifest, pod }];
  });
}

/** `<kind> <name>`, which identifies an object. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

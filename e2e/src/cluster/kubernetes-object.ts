/** The fields that all Kubernetes objects share. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface Secret extends KubernetesObject {
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** Deployment, StatefulSet, DaemonSet or Job. */
export interface Workload extends KubernetesObject {
  readonly spec: { readonly replicas?: number; readonly template: PodTemplate };
}

export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: PodSpec;
}

export interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly serviceAccountName?: string;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly lifecycle?: { readonly preStop?: { readonly exec?: { readonly command: readonly string[] } } };
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly projected?: { readonly sources: readonly { readonly configMap?: { readonly name: string } }[] };
  readonly emptyDir?: Readonly<Record<string, unknown>>;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];

export function isWorkload(object: KubernetesObject): object is Workload {
  return workloadKinds.includes(object.kind);
}

export function isConfigMap(object: KubernetesObject): object is ConfigMap {
  return object.kind === 'ConfigMap';
}

/** `kind/namespace/name`, or `kind/name` for a cluster-scoped object. */
export function qualifiedName({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

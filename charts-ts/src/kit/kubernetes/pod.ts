import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';

/** What Pod Security's level `restricted` asks of a container. */
export const unprivilegedContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** The same, and a root file system that nobody writes to. */
export const restrictedContainer: k8s.SecurityContext = { ...unprivilegedContainer, readOnlyRootFilesystem: true };

/** What Pod Security's level `restricted` asks of a pod. @param user the image's own, by number */
export function restrictedPod(user: number) {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

export interface Size {
  readonly cpu: string;
  readonly memory: string;
  readonly memoryLimit: string;
}

/** Requests and limits of a container. CPU has no limit: throttling would show as lag. */
export function containerResources({ cpu, memory, memoryLimit }: Size): k8s.ResourceRequirements {
  return {
    requests: { cpu: k8s.Quantity.fromString(cpu), memory: k8s.Quantity.fromString(memory) },
    limits: { memory: k8s.Quantity.fromString(memoryLimit) },
  };
}

/** The same in a custom resource. */
export function resourcesOfCustomResource({ cpu, memory, memoryLimit }: Size): {
  requests: { cpu: string; memory: string };
  limits: { memory: string };
} {
  return { requests: { cpu, memory }, limits: { memory: memoryLimit } };
}

/** What a container asks for that holds little and runs for a moment. */
export const smallSize: Size = { cpu: '10m', memory: '64Mi', memoryLimit: '256Mi' };

/** Where a Secret has a value. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** Environment variables of a container: their text, or where a Secret has it. */
export type Environment = Readonly<Record<string, string | SecretKey>>;

/** Environment of one of our own programs: only names of its settings. */
export type SettingsOf<T extends { readonly shape: object }> = Readonly<
  Partial<Record<Extract<keyof T['shape'], string>, string | SecretKey>>
>;

export function environmentVariables(values: Environment): k8s.EnvVar[] {
  return Object.entries(values).map(([name, value]) => {
    // The API server stores no empty value, and each apply would find one missing.
    if (value === '') return { name };
    if (typeof value === 'string') return { name, value };
    return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };
  });
}

/** The pull secrets of an environment's pods, by the name that the field has in custom resources too. */
export function pullSecrets({ imagePullSecrets }: { readonly imagePullSecrets: readonly string[] }) {
  return unlessEmpty(
    'imagePullSecrets',
    imagePullSecrets.map((name) => ({ name })),
  );
}

/** Where the pods of an environment go, and what goes before them. */
export interface Placement {
  /** Copies go to different nodes. */
  readonly spread: boolean;
  /** Label of the nodes' zones, over which copies go too. */
  readonly zoneKey?: string | undefined;
  /** A PriorityClass of the cluster. */
  readonly priorityClass?: string | undefined;
}

/** Labels of nodes over which copies are spread, widest first. */
export function spreadKeys({ spread, zoneKey }: Placement): readonly string[] {
  return spread ? [...(zoneKey === undefined ? [] : [zoneKey]), 'kubernetes.io/hostname'] : [];
}

/** Copies go to different places; one for which there is none waits, since two in one place would be lost together. */
export function spreadConstraints(keys: readonly string[], matchLabels: Readonly<Record<string, string>>) {
  return keys.map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'DoNotSchedule' as const,
    labelSelector: { matchLabels: { ...matchLabels } },
  }));
}

/** The fields of a pod that say so, by the names that they have in custom resources too. @param matchLabels the copies' */
export function placed(placement: Placement, matchLabels: Readonly<Record<string, string>>) {
  const keys = spreadKeys(placement);
  return defined({
    priorityClassName: placement.priorityClass,
    topologySpreadConstraints: keys.length === 0 ? undefined : spreadConstraints(keys, matchLabels),
  });
}

/** An HTTP probe at a port by the name that the container gives it, @default `http`. */
export function httpProbe(
  path: string,
  { port = 'http', ...options }: Omit<k8s.Probe, 'httpGet'> & { readonly port?: string } = {},
): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port) }, ...options };
}

/** Whole mebibytes of an amount such as 512Mi or 2Gi. @throws Error where it is another unit */
export function mebibytes(amount: string): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(amount) ?? [];
  if (number === undefined) throw new Error(`'${amount}' must be an amount of memory such as 512Mi or 2Gi`);
  return Number(number) * (unit === 'Gi' ? 1024 : 1);
}

/** A field with a list, or none: the API server stores no empty list, and each apply would find one missing. */
export function unlessEmpty<K extends string, T>(name: K, list: readonly T[]): { readonly [key in K]?: T[] } {
  return list.length === 0 ? {} : ({ [name]: [...list] } as { readonly [key in K]: T[] });
}

import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { SecretKey } from './secret.ts';

/** What Pod Security's level `restricted` requires of a container. */
export const unprivilegedContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** The same, with a read-only root file system. */
export const restrictedContainer: k8s.SecurityContext = { ...unprivilegedContainer, readOnlyRootFilesystem: true };

/** What Pod Security's level `restricted` requires of a pod. @param user numeric ID of the image's own user */
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

/** The same for a custom resource. */
export function resourcesOfCustomResource({ cpu, memory, memoryLimit }: Size): {
  requests: { cpu: string; memory: string };
  limits: { memory: string };
} {
  return { requests: { cpu, memory }, limits: { memory: memoryLimit } };
}

/** Size of a container that needs little memory and runs briefly. */
export const smallSize: Size = { cpu: '10m', memory: '64Mi', memoryLimit: '256Mi' };

/** Environment variables of a container: the value as text, or the Secret that holds it. */
export type Environment = Readonly<Record<string, string | SecretKey>>;

/** Environment of one of our own programs: only names of its settings. */
export type SettingsOf<T extends { readonly shape: object }> = Readonly<
  Partial<Record<Extract<keyof T['shape'], string>, string | SecretKey>>
>;

export function environmentVariables(values: Environment): k8s.EnvVar[] {
  return Object.entries(values).map(([name, value]) => {
    // The API server drops an empty value, so every apply would see a change.
    if (value === '') return { name };
    if (typeof value === 'string') return { name, value };
    return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };
  });
}

/** The field with the pull secrets of an environment's pods; custom resources call it the same. */
export function pullSecrets({ imagePullSecrets }: { readonly imagePullSecrets: readonly string[] }) {
  return unlessEmpty(
    'imagePullSecrets',
    imagePullSecrets.map((name) => ({ name })),
  );
}

/** Where the pods of an environment are scheduled, and with which priority. */
export interface Placement {
  /** Copies run on different nodes. */
  readonly spread: boolean;
  /** The node label that holds the zone; copies are spread over zones too. */
  readonly zoneKey?: string | undefined;
  /** A PriorityClass of the cluster. */
  readonly priorityClass?: string | undefined;
}

/** The node labels over which copies are spread, widest first. */
export function spreadKeys({ spread, zoneKey }: Placement): readonly string[] {
  return spread ? [...(zoneKey === undefined ? [] : [zoneKey]), 'kubernetes.io/hostname'] : [];
}

/** Spreads copies over places. A copy without a place of its own waits: two in one place would be lost together. */
export function spreadConstraints(keys: readonly string[], matchLabels: Readonly<Record<string, string>>) {
  return keys.map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'DoNotSchedule' as const,
    labelSelector: { matchLabels: { ...matchLabels } },
  }));
}

/** The pod fields for a placement; custom resources call them the same. @param matchLabels labels of the copies */
export function placed(placement: Placement, matchLabels: Readonly<Record<string, string>>) {
  const keys = spreadKeys(placement);
  return defined({
    priorityClassName: placement.priorityClass,
    topologySpreadConstraints: keys.length === 0 ? undefined : spreadConstraints(keys, matchLabels),
  });
}

/** An HTTP probe. @param port the name of the container's port, @default `http` */
export function httpProbe(
  path: string,
  { port = 'http', ...options }: Omit<k8s.Probe, 'httpGet'> & { readonly port?: string } = {},
): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port) }, ...options };
}

/** Converts an amount such as 512Mi or 2Gi to mebibytes. @throws Error for any other unit */
export function mebibytes(amount: string): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(amount) ?? [];
  if (number === undefined) throw new Error(`'${amount}' must be an amount of memory such as 512Mi or 2Gi`);
  return Number(number) * (unit === 'Gi' ? 1024 : 1);
}

/** A field with a list, left out if empty: the API server drops empty lists, so every apply would see a change. */
export function unlessEmpty<K extends string, T>(name: K, list: readonly T[]): { readonly [key in K]?: T[] } {
  return list.length === 0 ? {} : ({ [name]: [...list] } as { readonly [key in K]: T[] });
}

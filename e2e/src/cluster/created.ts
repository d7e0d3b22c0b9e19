import { gunzipSync } from 'node:zlib';
import type { KubernetesObject, Secret, Workload } from './kubernetes-object.ts';

/** A workload that an operator created. */
export interface CreatedWorkload extends Workload {
  readonly spec: Workload['spec'] & { readonly volumeClaimTemplates?: readonly KubernetesObject[] };
}

/** A resource with the status that an operator writes. */
export interface Reconciled extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly health?: string;
    readonly phase?: string;
  };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** Image of a container. @throws Error when the workload has no such container */
export function imageOf(workload: CreatedWorkload, container: string): string {
  const found = workload.spec.template.spec.containers.find(({ name }) => name === container);
  if (found === undefined) throw new Error(`${workload.kind} ${workload.metadata.name} has no container ${container}`);
  return found.image;
}

export function conditionOf(object: Reconciled, type: string): Condition {
  const found = object.status?.conditions?.find((condition) => condition.type === type);
  if (found === undefined) throw new Error(`${object.kind} ${object.metadata.name} has no condition ${type} yet`);
  return found;
}

/** A value of a Secret as text; decompresses keys that end in `.gz`. */
export function secretText(secret: Secret, key: string): string {
  const value = secret.data?.[key];
  if (value === undefined) throw new Error(`Secret ${secret.metadata.name} has no key ${key}`);
  const bytes = Buffer.from(value, 'base64');
  return (key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

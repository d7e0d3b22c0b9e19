import { defined } from '@tidb-cdc/runtime/defined';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ObjectMetadata } from './metadata.ts';

/** A container that starts before those of its pod and ends after them. */
export interface Sidecar {
  readonly container: k8s.Container;
  readonly volumes: k8s.Volume[];
  /** Changes with what it reads at its start only. */
  readonly hash: string;
  /** How long it may take to end, in seconds. */
  readonly shutdownSeconds: number;
}

/** A volume that each pod has of its own, and that outlives it. */
export interface ClaimTemplate {
  readonly name: string;
  /** Such as 5Gi. */
  readonly storage: string;
  readonly storageClass: string | undefined;
}

export interface StatefulSetOptions {
  readonly metadata: ObjectMetadata;
  /** The sidecars are not among its init containers, and the claims not in it. */
  readonly spec: k8s.StatefulSetSpec;
  readonly sidecars: readonly Sidecar[];
  readonly claims: readonly ClaimTemplate[];
}

/**
 * A StatefulSet with sidecars and volumes. Plain data where cdk8s, which is made for Kubernetes 1.27, would leave
 * fields out: a sidecar is an init container with a `restartPolicy`.
 */
export function statefulSet(scope: Construct, { metadata, spec, sidecars, claims }: StatefulSetOptions): void {
  const { template, ...rest } = k8s.toJson_StatefulSetSpec(spec) as PlainSpec;
  const containers = sidecars.map(({ container }) => ({ ...k8s.toJson_Container(container), restartPolicy: 'Always' }));
  const initContainers = [...containers, ...(template.spec.initContainers ?? [])];
  new ApiObject(scope, 'stateful-set', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...metadata, labels: { ...metadata.labels } },
    spec: {
      ...rest,
      template: { ...template, spec: { ...template.spec, initContainers } },
      volumeClaimTemplates: claims.map(claim),
    },
  });
}

interface PlainSpec {
  readonly template: { readonly spec: { readonly initContainers?: readonly object[] } };
}

/** With the API server's own defaults: it keeps the list as a whole, and each apply would find one missing. */
function claim({ name, storage, storageClass }: ClaimTemplate) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...defined({ storageClassName: storageClass }),
      resources: { requests: { storage } },
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Pending' },
  };
}

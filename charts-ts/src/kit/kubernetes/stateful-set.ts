import { defined } from '@tidb-cdc/runtime/defined';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ObjectMetadata } from './metadata.ts';

/** A container that starts before its pod's other containers and stops after them. */
export interface Sidecar {
  readonly container: k8s.Container;
  readonly volumes: k8s.Volume[];
  /** Hash of what it reads at start only: the pods must restart when that changes. */
  readonly hash: string;
  /** How long it may take to stop, in seconds. */
  readonly shutdownSeconds: number;
}

/** A volume that each pod has for itself and that outlives the pod. */
export interface ClaimTemplate {
  readonly name: string;
  /** Such as 5Gi. */
  readonly storage: string;
  readonly storageClass: string | undefined;
}

export interface StatefulSetOptions {
  readonly metadata: ObjectMetadata;
  /** Without the sidecars and the claims, which are added. */
  readonly spec: k8s.StatefulSetSpec;
  readonly sidecars: readonly Sidecar[];
  readonly claims: readonly ClaimTemplate[];
}

/**
 * A StatefulSet with sidecars and volumes. It is plain data, because a sidecar is an init container with a
 * `restartPolicy`, a field that cdk8s for Kubernetes 1.27 would leave out.
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

/** A claim with the API server's defaults. An apply compares the whole list, so without them it would see a change. */
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

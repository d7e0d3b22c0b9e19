import { waitFor } from '@tidb-cdc/runtime/wait';
import type { Kubectl } from './kubectl.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

interface Node extends KubernetesObject {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const volumes = 24;
const timeoutMs = 60_000;

/** Creates what a cluster has before anything of ours: a node, a default storage class, and volumes to bind. */
export async function createMachines(kubectl: Kubectl): Promise<void> {
  await kubectl.create(node, storageClass, ...Array.from({ length: volumes }, (_, index) => volume(index + 1)));
  await waitFor(
    'the node',
    async () => {
      const { conditions = [] } = (await kubectl.get<Node>('node', node.metadata.name)).status;
      if (!conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) throw new Error('not ready');
    },
    { timeoutMs },
  );
}

/** The smallest machine that the README allows. Pods that do not fit stay unscheduled. */
const resources = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' };

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'node-1',
    labels: { 'kubernetes.io/hostname': 'node-1', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
  },
  status: {
    // prometheus-operator writes the kubelets' addresses into an Endpoints object, which does not accept loopback
    // addresses. This one is reserved for documentation (RFC 5737).
    addresses: [
      { type: 'InternalIP', address: '192.0.2.1' },
      { type: 'Hostname', address: 'localhost' },
    ],
    allocatable: resources,
    capacity: resources,
  },
};

/** The name of kind's default class. Volumes are bound immediately, because nothing provisions them later. */
const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'Immediate',
};

function volume(number: number): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `volume-${number}` },
    spec: {
      storageClassName: 'standard',
      capacity: { storage: '200Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: `/volumes/${number}` },
    },
  };
}

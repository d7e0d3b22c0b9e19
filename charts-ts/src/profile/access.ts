import { z } from 'zod';
import { host, labels, text } from './values.ts';

const inNamespace = (name: string) => ({ 'kubernetes.io/metadata.name': name });

/** Pods of another namespace, by the labels of both. */
const podPeer = z.strictObject({ namespace: labels.optional(), pods: labels });
const podPeers = z.array(podPeer).min(1, { error: 'must name pods' });

/** Pods of one or more namespaces, or addresses outside the cluster. */
const peer = z
  .strictObject({
    namespace: labels.optional(),
    pods: labels.optional(),
    cidr: z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a block of addresses such as 10.0.0.0/16' }).optional(),
  })
  .refine(({ namespace, pods, cidr }) => (cidr === undefined) !== (namespace === undefined && pods === undefined), {
    error: 'must be {namespace, pods} by labels, one of them at least, or {cidr}',
  });
export const peers = z.array(peer).default([]);
export const somePeers = z.array(peer).min(1, { error: 'must name pods or addresses' });

/** Pods of operators that another team runs. The defaults are the labels of their manifests and charts. */
export const operatorPods = z.strictObject({
  tidb: podPeers.default([
    {
      namespace: inNamespace('tidb-admin'),
      pods: { 'app.kubernetes.io/name': 'tidb-operator', 'app.kubernetes.io/component': 'controller-manager' },
    },
  ]),
  elastic: podPeers.default([
    { namespace: inNamespace('elastic-system'), pods: { 'control-plane': 'elastic-operator' } },
    { namespace: inNamespace('elastic-system'), pods: { 'app.kubernetes.io/name': 'elastic-operator' } },
  ]),
});

/** How browsers get in: an Ingress for the host, with the certificate in a Secret. */
export const ingress = z.strictObject({
  host,
  tlsSecret: text,
  /** @default the cluster's default class */
  className: text.optional(),
  /** Annotations that the Ingress controller or cert-manager reads. */
  annotations: labels.default({}),
});

export type Labels = Readonly<z.infer<typeof labels>>;
export type PodPeer = Readonly<z.infer<typeof podPeer>>;
export type Peer = Readonly<z.infer<typeof peer>>;

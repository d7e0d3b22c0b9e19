import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { annotated, type ObjectMetadata } from './metadata.ts';

/** How browsers get in through the cluster's Ingress controller. */
export interface IngressOptions {
  /** The host name that browsers use. */
  readonly host: string;
  /** The Secret with the host's certificate, of type `kubernetes.io/tls`. TLS ends at the controller. */
  readonly tlsSecret: string;
  /** @default the cluster's default class */
  readonly className?: string | undefined;
  /** Annotations that the controller or cert-manager reads. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** An Ingress to the port `http` of the Service of the same name. */
export function ingress(scope: Construct, metadata: ObjectMetadata, options: IngressOptions): void {
  const { host, tlsSecret, className, annotations } = options;
  const service = { name: metadata.name, port: { name: 'http' } };
  new k8s.KubeIngress(scope, 'ingress', {
    metadata: { ...metadata, ...annotated(annotations) },
    spec: {
      ...defined({ ingressClassName: className }),
      tls: [{ hosts: [host], secretName: tlsSecret }],
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }],
    },
  });
}

import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { annotated, type ObjectMetadata, selectorLabels } from './metadata.ts';

export interface PodMetadata {
  /** Labels of the pod beside the object's own. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Another value starts the pod again. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A Deployment of one pod: of what keeps no state, and is replaced where its pod is lost. */
export function deployment(
  scope: Construct,
  metadata: ObjectMetadata,
  spec: k8s.PodSpec,
  { labels = {}, annotations = {} }: PodMetadata = {},
): void {
  new k8s.KubeDeployment(scope, 'deployment', {
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels(metadata.name) },
      template: { metadata: { labels: { ...metadata.labels, ...labels }, ...annotated(annotations) }, spec },
    },
  });
}

import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { annotated, type ObjectMetadata, selectorLabels } from './metadata.ts';

export interface PodMetadata {
  /** Labels of the pod in addition to the object's own. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Changing a value restarts the pod. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A Deployment of one pod, for a program without state. */
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

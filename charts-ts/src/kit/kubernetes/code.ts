import type { k8s } from 'cdk8s-plus-27';

/** How the pods of a program get its code. */
export interface ProgramCode {
  readonly image: string;
  readonly imagePullSecrets: k8s.LocalObjectReference[];
  /** The command that starts an entry point. */
  readonly command: (entryPoint: string) => string[];
  /** Run before the program. */
  readonly initContainers: k8s.Container[];
  readonly volumes: k8s.Volume[];
  readonly volumeMounts: k8s.VolumeMount[];
}

/** Numeric ID of the user of the Node image. */
export const nodeUser = 1000;

import { defined } from '@tidb-cdc/runtime/defined';
/** Name of the system, and of each product's one cluster in it. */
export const instance = 'cdc';

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Labels that select the pods of a part; they never change. */
export function selectorLabels(part: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': part, 'app.kubernetes.io/instance': instance };
}

/** Labels that select the pods that an operator creates for a component. @param component @default all components */
export function operatorManagedPods(operator: string, component?: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/managed-by': operator,
    'app.kubernetes.io/instance': instance,
    ...defined({ 'app.kubernetes.io/component': component }),
  };
}

/** The recommended labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function labels(part: string, component: string): Readonly<Record<string, string>> {
  return {
    ...selectorLabels(part),
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'tidb-cdc',
    'app.kubernetes.io/managed-by': 'cdk8s',
  };
}

/** What the parts do in the system, for `app.kubernetes.io/component`. */
export type Component = 'database' | 'cdc' | 'messaging' | 'consumer' | 'search' | 'monitoring' | 'setup' | 'operator';

/** Name, namespace and labels of an object. @param name @default the part's name */
export function metadata(namespace: string, part: string, component: Component, name = part): ObjectMetadata {
  return { name, namespace, labels: labels(part, component) };
}

type Annotations = Readonly<Record<string, string>>;

/** The field `annotations`, left out if empty: the API server drops empty ones, so every apply would see a change. */
export function annotated(annotations: Annotations): { readonly annotations?: Record<string, string> } {
  return Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } };
}

/** Text as a Secret's `data` holds it. `stringData` is never stored, so every apply would see a change. */
export function secretData(content: string): string {
  return Buffer.from(content).toString('base64');
}

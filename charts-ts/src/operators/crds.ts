import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { CustomKind } from '../kit/kubernetes/custom-resource.ts';
import { structuralSchema } from '../kit/kubernetes/fields.ts';
import type { OperatorName } from '../profile/operators.ts';
import { type WatchedKind, watchedKinds } from './kinds.ts';

const open = { 'x-kubernetes-preserve-unknown-fields': true };

/** Compact CRDs: names, versions and subresources as upstream has them, and the types of the fields that we write. */
export class CrdsChart extends Chart {
  /** @param written kinds whose resources we write */
  constructor(scope: Construct, id: string, operators: readonly OperatorName[], written: readonly CustomKind[]) {
    super(scope, id);
    for (const watched of operators.flatMap((operator) => watchedKinds[operator])) {
      const kind = written.find((one) => one.group === watched.group && one.kind === watched.kind);
      const name = `${pluralOf(watched.kind)}.${watched.group}`;
      new ApiObject(this, name, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name, labels: { 'app.kubernetes.io/part-of': 'tidb-cdc' } },
        spec: crdSpec(watched, kind),
      });
    }
  }
}

function crdSpec(watched: WatchedKind, written: CustomKind | undefined) {
  const { group, kind, shortName, category, older, unserved } = watched;
  return {
    group,
    scope: 'Namespaced',
    names: {
      kind,
      listKind: `${kind}List`,
      plural: pluralOf(kind),
      singular: kind.toLowerCase(),
      shortNames: [shortName],
      categories: category && [category],
    },
    versions: [
      storedVersion(watched, written),
      ...(older === undefined ? [] : [{ ...oldVersion(older, true), subresources: { status: {} } }]),
      ...(unserved === undefined ? [] : [oldVersion(unserved, false)]),
    ],
  };
}

function storedVersion({ version, status, scale, columns }: WatchedKind, written: CustomKind | undefined) {
  const spec = written?.version === version ? { properties: { spec: structuralSchema(written.spec) } } : {};
  const [specReplicasPath, statusReplicasPath, labelSelectorPath] = scale ?? [];
  return {
    name: version,
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', ...spec, ...open } },
    subresources: status
      ? { status: {}, scale: scale && { specReplicasPath, statusReplicasPath, labelSelectorPath } }
      : undefined,
    additionalPrinterColumns: columns?.map(([name, type, jsonPath, priority]) => ({ name, type, jsonPath, priority })),
  };
}

function oldVersion(name: string, served: boolean) {
  return { name, served, storage: false, schema: { openAPIV3Schema: { type: 'object', ...open } } };
}

/** The plural in the name of a CRD, by the rules of English. */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('y')) return `${word.slice(0, -1)}ies`;
  return /(s|[cs]h)$/.test(word) ? `${word}es` : `${word}s`;
}

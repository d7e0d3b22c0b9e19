import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { CustomKind } from '../kit/kubernetes/custom-resource.ts';
import { structuralSchema } from '../kit/kubernetes/fields.ts';
import { eckKinds } from './kinds/eck.ts';
import type { KindFacts, VersionFacts } from './kinds/facts.ts';
import { prometheusOperatorKinds } from './kinds/prometheus-operator.ts';
import { strimziKinds } from './kinds/strimzi.ts';
import { tidbOperatorKinds } from './kinds/tidb-operator.ts';

/** Every kind that the four operators watch: without one of them its operator waits, or does not start. */
export const watchedKinds: readonly KindFacts[] = [
  ...tidbOperatorKinds,
  ...strimziKinds,
  ...eckKinds,
  ...prometheusOperatorKinds,
];

const open = { 'x-kubernetes-preserve-unknown-fields': true };

/** Compact CRDs: what upstream's say about names, versions and subresources, and the types of the fields we write. */
export class CrdsChart extends Chart {
  /** @param written the kinds whose resources we write */
  constructor(scope: Construct, id: string, written: readonly CustomKind[]) {
    super(scope, id);
    for (const facts of watchedKinds) {
      const kind = written.find((one) => one.group === facts.group && one.kind === facts.kind);
      new ApiObject(this, `${facts.plural}.${facts.group}`, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: crdName(facts), labels: { 'app.kubernetes.io/part-of': 'tidb-cdc' } },
        spec: crdSpec(facts, kind),
      });
    }
  }
}

/** The name of a kind's CRD. */
export function crdName({ plural, group }: Pick<KindFacts, 'plural' | 'group'>): string {
  return `${plural}.${group}`;
}

function crdSpec(facts: KindFacts, written: CustomKind | undefined) {
  const { group, kind, plural, shortNames, categories } = facts;
  const { singular = kind.toLowerCase(), listKind = `${kind}List` } = facts;
  return {
    group,
    scope: 'Namespaced',
    names: {
      kind,
      listKind,
      plural,
      singular,
      ...(shortNames === undefined ? {} : { shortNames }),
      ...(categories === undefined ? {} : { categories }),
    },
    versions: facts.versions.map((version) => crdVersion(version, written)),
  };
}

function crdVersion({ name, served, storage, subresources, columns }: VersionFacts, written: CustomKind | undefined) {
  const spec = written?.version === name ? { properties: { spec: structuralSchema(written.spec) } } : {};
  return {
    name,
    served: served ?? true,
    storage: storage ?? false,
    schema: { openAPIV3Schema: { type: 'object', ...spec, ...open } },
    ...(subresources === undefined ? {} : { subresources }),
    ...(columns === undefined
      ? {}
      : {
          additionalPrinterColumns: columns.map(([header, type, jsonPath, priority]) => ({
            name: header,
            type,
            jsonPath,
            ...(priority === undefined ? {} : { priority }),
          })),
        }),
  };
}

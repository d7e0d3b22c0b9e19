import { describe, expect, test } from 'vitest';
import { kubernetesCharts } from '../../src/targets/kubernetes/render.ts';
import { bundles } from '../support/bundles.ts';
import { kindWithImages } from '../support/profiles.ts';
import { hasUpstream, type OperatorFact, operatorFacts } from '../support/upstream.ts';

const upstream = hasUpstream("the operators' rights and settings");

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: OperatorFact['rules'];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace: string }[];
  readonly spec?: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly Container[] };
    };
  };
  readonly data?: Readonly<Record<string, string>>;
}

interface Container {
  readonly name: string;
  readonly image?: unknown;
  readonly command?: unknown;
  readonly args?: unknown;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: unknown;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly startupProbe?: unknown;
  readonly volumeMounts?: unknown;
}

const chart = kubernetesCharts(kindWithImages, bundles).find(({ node }) => node.id === 'operators');
const manifests = (chart?.toJson() ?? []) as Manifest[];

function find(kind: string, name: string): Manifest | undefined {
  return manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
}

/** Rules as a set: neither their order nor the order of the words in them matters. */
function asSet(rules: OperatorFact['rules'] = []): string[] {
  return rules
    .map((rule) =>
      Object.entries(rule)
        .map(([field, words]) => `${field}: ${[...words].sort().join(' ')}`)
        .sort()
        .join('; '),
    )
    .sort();
}

/** Upstream's rights of Prometheus itself. Ours reads pods of one namespace, so it needs none in the cluster. */
const notOurs = /^prometheus-k8s$/;

describe
  .runIf(upstream)
  .each(['tidb-operator-v1.6.6.json', 'strimzi-1.2.0.json', 'eck-3.5.0.json', 'prometheus-operator-0.92.0.json'])(
  '%s',
  (file) => {
    const facts = upstream ? operatorFacts(file).filter(({ name }) => !notOurs.test(name)) : [];
    const roles = facts.filter(({ rules }) => rules !== undefined).map((fact) => ({ ...fact }));
    const bindings = facts.filter(({ roleRef }) => roleRef !== undefined).map((fact) => ({ ...fact }));
    const workloads = facts.flatMap(({ kind, name, containers = [] }) =>
      containers.map((container) => ({ kind, name, container: container as unknown as Container })),
    );

    test.each(roles)('gives $name the rights of upstream, nothing more', ({ kind, name, rules }) => {
      expect(asSet(find(kind, name)?.rules)).toEqual(asSet(rules));
    });

    test.each(bindings)('binds $kind $name to the same role', ({ kind, name, roleRef }) => {
      const binding = find(kind, name);
      expect(binding?.roleRef?.name).toBe(roleRef?.name);
      expect(binding?.subjects?.map(({ namespace }) => namespace)).toEqual(['cdc']);
    });

    test.each(workloads)('starts $container.name as upstream does', ({ kind, name, container }) => {
      const ours = find(kind, name)?.spec?.template.spec.containers.find((one) => one.name === container.name);
      const { image, command, args } = container;
      expect({ image: ours?.image, command: ours?.command, args: ours?.args }).toEqual({ image, command, args });
      const byName = (env: Container['env'] = []) =>
        Object.fromEntries(env.map((variable) => [variable.name, variable.value ?? '']));
      expect(byName(ours?.env)).toEqual(byName(container.env));
    });

    test.each(workloads)(
      'has the ports, probes and mounts of $container.name upstream',
      ({ kind, name, container }) => {
        const ours = find(kind, name)?.spec?.template.spec.containers.find((one) => one.name === container.name);
        const { ports, livenessProbe, readinessProbe, startupProbe, volumeMounts } = container;
        expect({
          ports: ours?.ports,
          livenessProbe: ours?.livenessProbe,
          readinessProbe: ours?.readinessProbe,
          startupProbe: ours?.startupProbe,
          volumeMounts: ours?.volumeMounts,
        }).toEqual({ ports, livenessProbe, readinessProbe, startupProbe, volumeMounts });
      },
    );
  },
);

/**
 * Upstream's labels of the operators' pods that others select: Strimzi 1.2.0's own policies for brokers
 * (KafkaCluster.java), and network policies that let ECK 3.5.0 in by the labels of its manifest.
 */
const soughtLabels: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  [
    'Deployment',
    'strimzi-cluster-operator',
    { name: 'strimzi-cluster-operator', 'strimzi.io/kind': 'cluster-operator' },
  ],
  ['StatefulSet', 'elastic-operator', { 'control-plane': 'elastic-operator' }],
];

test.each(soughtLabels)('the pods of %s %s have the labels by which others let them in', (kind, name, labels) => {
  expect(find(kind, name)?.spec?.template.metadata.labels).toMatchObject(labels);
});

describe('rights', () => {
  test('has no role or binding but those of upstream', () => {
    const known = ['tidb-operator-v1.6.6', 'strimzi-1.2.0', 'eck-3.5.0', 'prometheus-operator-0.92.0'].flatMap((set) =>
      upstream ? operatorFacts(`${set}.json`).map(({ kind, name }) => `${kind} ${name}`) : [],
    );
    const ours = manifests
      .filter(({ kind }) => /Role/.test(kind))
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(ours.length).toBeGreaterThan(15);
    if (upstream) expect(ours.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('has every binding lead to a role of this chart and an account of it', () => {
    for (const { kind, metadata, roleRef, subjects = [] } of manifests.filter(({ roleRef: ref }) => ref)) {
      expect(find('ClusterRole', roleRef?.name ?? ''), `${kind} ${metadata.name}`).toBeDefined();
      for (const subject of subjects) expect(find('ServiceAccount', subject.name), subject.name).toBeDefined();
    }
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Profile, readProfile } from '@tidb-cdc/charts/profile';
import { bundlePrograms } from '@tidb-cdc/charts/targets/kubernetes/bundles';
import { type Flow, flows, type PodName, type Sender } from '@tidb-cdc/charts/targets/kubernetes/flows';
import { synthKubernetes } from '@tidb-cdc/charts/targets/kubernetes/synth';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/cluster/kubernetes-object.ts';
import { Manifests } from '../../src/cluster/manifests.ts';
import { type Connection, type Peer, passes } from '../../src/cluster/network-policies.ts';
import { writeExternalProfile, writeProductionProfile } from '../../src/cluster/production-profile.ts';
import { fetchGoProgram } from '../../src/go-programs.ts';
import { say } from '../cluster-stage.ts';

type Labels = Readonly<Record<string, string>>;

/** A pod or people outside the cluster, with the names that the table of flows uses for it. */
interface Participant {
  readonly name: string;
  readonly is: readonly Sender[];
  readonly peer: Peer;
}

interface Policy extends KubernetesObject {
  readonly spec: unknown;
}

interface Kafka extends KubernetesObject {
  readonly spec: {
    readonly kafka: {
      readonly listeners: readonly { readonly port: number; readonly networkPolicyPeers: readonly unknown[] }[];
    };
  };
}

const namespace = 'cdc';
const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-network-'));
let cyclonus: string;

beforeAll(async () => {
  cyclonus = await fetchGoProgram('cyclonus', say);
});

afterAll(() => rmSync(folder, { recursive: true }));

const profiles = {
  kind: () => repositoryFile('k8s', 'profiles', 'kind.yaml'),
  'production with the console': () => writeProductionProfile(folder),
  external: () => writeExternalProfile(folder, namespace),
};

describe.each(Object.keys(profiles) as (keyof typeof profiles)[])(
  'the network policies of %s and those of Strimzi',
  (name) => {
    let manifests: Manifests;
    let table: readonly Flow[];
    let participants: readonly Participant[];
    let policies: readonly Policy[];

    beforeAll(async () => {
      const out = join(folder, name.replaceAll(' ', '-'));
      const file = profiles[name]();
      await synthKubernetes(await bundlePrograms(), { profile: file, out });
      manifests = new Manifests(out);
      const profile = await readProfile(file);
      table = flows(profile);
      participants = [...podsOf(manifests, profile), ...peersOf(profile), ...strangers];
      const resources = profile.operators === 'install' ? new Manifests(join(out, 'crs')) : manifests;
      const strimziPolicies = resources.ofKind<Kafka>('Kafka').map(strimziPolicy);
      policies = [...manifests.ofKind<Policy>('NetworkPolicy'), ...strimziPolicies];
    });

    test('let every flow of the table through, and nothing else', async () => {
      const asked = questions(participants, table);
      expect(asked.filter(({ expected }) => expected).length).toBeGreaterThan(name === 'external' ? 2 : 30);
      expect(asked.filter(({ expected }) => !expected).length).toBeGreaterThan(1_000);
      const answers = await passes(
        cyclonus,
        folder,
        policies,
        asked.map(({ connection }) => connection),
      );
      const wrong = asked.filter(({ expected }, index) => answers[index] !== expected);
      expect(wrong.map(({ text, expected }) => `${text}: ${expected ? 'is refused' : 'passes'}`)).toEqual([]);
    });

    test('meet a pod for every name in the table', () => {
      const known = new Set(participants.flatMap(({ is }) => is));
      expect(
        table.flatMap(({ from, to }): readonly Sender[] => [...from, to]).filter((one) => !known.has(one)),
      ).toEqual([]);
    });
  },
);

/** A port that nothing listens on. Whoever may use all ports may use this one. */
const otherPort = 4242;

/** Connections from every participant to every pod of the namespace, on each port of the table and one other. */
function questions(all: readonly Participant[], table: readonly Flow[]) {
  const ports = [...new Set(table.flatMap(({ ports: some }) => (some === 'all' ? [] : some))), otherPort];
  const receivers = all.filter(({ peer }) => peer !== 'outside' && peer.namespace === namespace);
  return receivers.flatMap((to) =>
    all.flatMap((from) =>
      ports.flatMap((port) =>
        (['TCP', 'UDP'] as const).map((protocol) => {
          const connection: Connection = { from: from.peer, to: to.peer, port, protocol };
          const expected = table.some((flow) => allows(flow, from, to, connection));
          return { text: `${from.name} -> ${to.name}:${port}/${protocol}`, connection, expected };
        }),
      ),
    ),
  );
}

function allows(flow: Flow, from: Participant, to: Participant, { port, protocol }: Connection): boolean {
  if (!to.is.includes(flow.to)) return false;
  // A port that is open to people outside is open to all. Strimzi opens its metrics port to all, too.
  const anyone = flow.from.includes('people') || (flow.policyBy === 'strimzi' && flow.from.includes('prometheus'));
  if (!anyone && !from.is.some((name) => flow.from.includes(name))) return false;
  if (flow.ports === 'all') return true;
  return flow.ports.includes(port) && (protocol === 'TCP' || flow.udp === true);
}

/** Pods with the labels of our workloads and of those that the operators create. */
function podsOf(manifests: Manifests, { prometheus }: Profile): readonly Participant[] {
  const here = (name: string, is: readonly Sender[], labels: Labels): Participant => ({
    name,
    is,
    peer: { namespace, labels },
  });
  const tidb = (component: PodName | 'discovery', ...is: readonly Sender[]) =>
    here(component, ['tidb-cluster', ...is], {
      'app.kubernetes.io/name': 'tidb-cluster',
      'app.kubernetes.io/managed-by': 'tidb-operator',
      'app.kubernetes.io/instance': 'cdc',
      'app.kubernetes.io/component': component,
    });
  const byPrometheusOperator = (name: 'prometheus' | 'alertmanager') =>
    here(name, [name], {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/instance': 'cdc',
      'app.kubernetes.io/managed-by': 'prometheus-operator',
    });
  const byStrimzi = (name: PodName) =>
    here(name, [name], {
      'strimzi.io/cluster': 'cdc',
      'strimzi.io/kind': 'Kafka',
      'strimzi.io/name': `cdc-${name}`,
      'app.kubernetes.io/managed-by': 'strimzi-cluster-operator',
      'app.kubernetes.io/instance': 'cdc',
    });
  return [
    ...(['pd', 'tikv', 'tidb', 'ticdc'] as const).map((component) => tidb(component, component)),
    tidb('discovery'),
    byStrimzi('kafka'),
    byStrimzi('entity-operator'),
    here('elasticsearch', ['elasticsearch'], { 'elasticsearch.k8s.elastic.co/cluster-name': 'cdc' }),
    // Not those of the table where Prometheus is external: nobody lets them in.
    ...('external' in prometheus ? [] : [byPrometheusOperator('prometheus'), byPrometheusOperator('alertmanager')]),
    ...manifests.workloads().map(({ kind, metadata, spec }) => {
      const labels = (spec.template.metadata?.labels ?? {}) as Labels;
      const part = labels['app.kubernetes.io/name'] ?? '';
      return here(`${kind} ${metadata.name}`, [ourOperators[part] ?? (part as Sender)], labels);
    }),
    ...(manifests.ofKind('CustomResourceDefinition').length === 0 ? theirOperators : []),
  ];
}

/** Name of the operator's pods in dist/ → operator. */
const ourOperators: Readonly<Record<string, Sender>> = {
  'tidb-controller-manager': 'tidb-operator',
  'elastic-operator': 'eck-operator',
  'strimzi-cluster-operator': 'strimzi',
};

/**
 * Another team's operators and TiDB Operator's Jobs, with the namespaces and labels of their own installations (chart
 * of tidb-operator v1.6.6; manifest and chart of ECK 3.5.0; Strimzi 1.2.0).
 */
const theirOperators: readonly Participant[] = [
  operator('tidb-operator', 'tidb-admin', {
    'app.kubernetes.io/name': 'tidb-operator',
    'app.kubernetes.io/instance': 'any-release',
    'app.kubernetes.io/component': 'controller-manager',
  }),
  operator('eck-operator', 'elastic-system', { 'control-plane': 'elastic-operator' }),
  operator('eck-operator', 'elastic-system', {
    'app.kubernetes.io/name': 'elastic-operator',
    'app.kubernetes.io/instance': 'any-release',
  }),
  operator('tidb-backup', 'cdc-backup', {
    'app.kubernetes.io/name': 'backup',
    'app.kubernetes.io/managed-by': 'backup-operator',
    'app.kubernetes.io/component': 'backup',
    'app.kubernetes.io/instance': 'cdc',
  }),
  operator('tidb-backup', 'cdc-backup', {
    'app.kubernetes.io/name': 'restore',
    'app.kubernetes.io/managed-by': 'restore-operator',
    'app.kubernetes.io/component': 'restore',
    'app.kubernetes.io/instance': 'cdc',
  }),
  operator('strimzi', 'strimzi', { name: 'strimzi-cluster-operator', 'strimzi.io/kind': 'cluster-operator' }),
];

function operator(name: Sender, where: string, labels: Labels): Participant {
  return { name: `${name} in ${where}`, is: [name], peer: { namespace: where, labels } };
}

/** One pod per peer in the profile. For a peer that is only a namespace, any pod there. */
function peersOf({ peers, prometheus, grafana }: Profile): readonly Participant[] {
  const named = Object.entries(peers).map(([of, list]) => [`${of as keyof Profile['peers']}-peers`, list] as const);
  const external = [
    ['prometheus', 'external' in prometheus ? prometheus.external.peers : []] as const,
    ['grafana', 'external' in grafana ? grafana.external.peers : []] as const,
  ];
  return [...named, ...external].flatMap(([is, list]) =>
    list.map((one): Participant => {
      if (one.cidr !== undefined) return { name: `${is} ${one.cidr}`, is: [is], peer: 'outside' };
      const where = one.namespace?.['kubernetes.io/metadata.name'] ?? namespace;
      return { name: `${is} in ${where}`, is: [is], peer: { namespace: where, labels: one.pods ?? {} } };
    }),
  );
}

/** Pods that no policy admits, and people outside, who reach ports published on nodes. */
const strangers: readonly Participant[] = [
  { name: 'a pod of nobody', is: [], peer: { namespace, labels: {} } },
  {
    name: 'a consumer elsewhere',
    is: [],
    peer: {
      namespace: 'elsewhere',
      labels: { 'app.kubernetes.io/name': 'consumer', 'app.kubernetes.io/instance': 'cdc' },
    },
  },
  {
    name: 'a tidb-operator elsewhere',
    is: [],
    peer: {
      namespace: 'elsewhere',
      labels: { 'app.kubernetes.io/name': 'tidb-operator', 'app.kubernetes.io/component': 'controller-manager' },
    },
  },
  { name: 'people', is: ['people'], peer: 'outside' },
];

/**
 * The policy that Strimzi 1.2.0 creates for brokers: `generateNetworkPolicy` in its KafkaCluster.java. It admits the
 * operator from Kafka's namespace if the operator runs there, else from every namespace.
 */
function strimziPolicy({ spec: { kafka } }: Kafka): Policy {
  const cluster = { 'strimzi.io/cluster': 'cdc', 'strimzi.io/kind': 'Kafka', 'strimzi.io/name': 'cdc-kafka' };
  const operatorPod = { podSelector: { matchLabels: { 'strimzi.io/kind': 'cluster-operator' } } };
  const operators = [operatorPod, { ...operatorPod, namespaceSelector: {} }];
  const brokers = { podSelector: { matchLabels: cluster } };
  const entityOperator = { podSelector: { matchLabels: { 'strimzi.io/name': 'cdc-entity-operator' } } };
  const rule = (port: number, from: readonly unknown[]) => ({
    ports: [{ port, protocol: 'TCP' }],
    ...(from.length === 0 ? {} : { from }),
  });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'cdc-network-policy-kafka', namespace },
    spec: {
      podSelector: { matchLabels: cluster },
      policyTypes: ['Ingress'],
      ingress: [
        rule(9090, [brokers, ...operators]),
        rule(9091, [...operators, brokers, entityOperator]),
        rule(8443, operators),
        ...kafka.listeners.map(({ port, networkPolicyPeers }) => rule(port, networkPolicyPeers)),
        rule(9404, []),
      ],
    },
  } as unknown as Policy;
}

import { describe, expect, test } from 'vitest';
import { elasticsearchPods } from '../../../src/elastic/facts.ts';
import { selectorLabels } from '../../../src/kit/kubernetes/metadata.ts';
import { customResources } from '../../../src/targets/kubernetes/custom-resources.ts';
import { ticdcPods } from '../../../src/ticdc/facts.ts';
import { type Manifest, manifestsOf, workloads } from '../../support/manifests.ts';
import { kindWithImages, production, withConsole } from '../../support/profiles.ts';

type Labels = Readonly<Record<string, string>>;
interface Peer {
  readonly podSelector?: { readonly matchLabels?: Labels };
}
interface Policy {
  readonly podSelector: { readonly matchLabels?: Labels };
  readonly ingress?: readonly {
    readonly from?: readonly Peer[];
    readonly ports?: readonly { readonly port: number }[];
  }[];
}

const manifests = manifestsOf(kindWithImages);

function policies(all: readonly Manifest[]): ReadonlyMap<string, Policy> {
  const found = all.filter(({ kind }) => kind === 'NetworkPolicy');
  return new Map(found.map(({ metadata, spec }) => [metadata.name, spec as unknown as Policy]));
}

/** Labels of the pods that operators create here, by each operator's convention. */
const operatorsPods: readonly Labels[] = [
  ...['pd', 'tikv', 'tidb', 'ticdc', 'discovery'].map((component) => ({
    ...ticdcPods,
    'app.kubernetes.io/component': component,
  })),
  elasticsearchPods,
  selectorLabels('prometheus'),
  selectorLabels('alertmanager'),
];
const pods = [...workloads(manifests).map(({ spec }) => spec?.template?.metadata.labels ?? {}), ...operatorsPods];

function matches(selector: Labels): boolean {
  return pods.some((labels) => Object.entries(selector).every(([name, value]) => labels[name] === value));
}

describe('network policies', () => {
  test('close every pod of the namespace, and open single ways', () => {
    const { podSelector, ingress } = policies(manifests).get('default-deny') ?? {};
    expect({ podSelector, ingress }).toEqual({ podSelector: {}, ingress: undefined });
    expect(policies(manifests).size).toBeGreaterThan(10);
  });

  test('name only pods that there are', () => {
    const listeners = customResources(kindWithImages).find(({ kind }) => kind === 'Kafka')?.spec as {
      kafka: { listeners: { networkPolicyPeers: Peer[] }[] };
    };
    const peers = [
      ...[...policies(manifests).values()].flatMap((policy) => [
        policy,
        ...(policy.ingress ?? []).flatMap(({ from = [] }) => from),
      ]),
      ...listeners.kafka.listeners.flatMap(({ networkPolicyPeers }) => networkPolicyPeers),
    ];
    const unknown = peers.map(({ podSelector }) => podSelector?.matchLabels ?? {}).filter((labels) => !matches(labels));
    expect(unknown).toEqual([]);
  });

  test('let people in from outside only where the profile opens ports of the nodes', () => {
    const fromAnywhere = (all: readonly Manifest[]) =>
      [...policies(all)].flatMap(([name, { ingress = [] }]) =>
        ingress.filter(({ from }) => from === undefined).map(({ ports = [] }) => [name, ports.map(({ port }) => port)]),
      );
    expect(fromAnywhere(manifests).sort()).toEqual([
      ['to-grafana', [3000]],
      ['to-prometheus', [9090]],
      ['to-tidb', [4000]],
    ]);
    expect(fromAnywhere(manifestsOf(production))).toEqual([]);
  });

  test('let those in whom the profile names: pods, whole namespaces, addresses', () => {
    const shop = { namespace: { team: 'shop' }, pods: { app: 'orders' } };
    const peers = {
      ...production.peers,
      sql: [shop, { cidr: '10.20.0.0/16' }],
      grafana: [{ namespace: { team: 'web' } }],
      prometheus: [],
      console: [],
    };
    const rules = policies(manifestsOf({ ...production, peers }, 'platform'));
    expect(rules.get('to-tidb')?.ingress).toContainEqual({
      from: [
        { namespaceSelector: { matchLabels: { team: 'shop' } }, podSelector: { matchLabels: { app: 'orders' } } },
        { ipBlock: { cidr: '10.20.0.0/16' } },
      ],
      ports: [{ port: 4000, protocol: 'TCP' }],
    });
    expect(rules.get('to-grafana')?.ingress).toContainEqual({
      from: [{ namespaceSelector: { matchLabels: { team: 'web' } } }],
      ports: [{ port: 3000, protocol: 'TCP' }],
    });
    expect(JSON.stringify([...rules.values()]).match(/"team"/g)).toHaveLength(2);
  });

  test('let the console ask, and let in to it whom the profile names', () => {
    const ingress = { namespace: { 'kubernetes.io/metadata.name': 'ingress-nginx' }, pods: { app: 'ingress-nginx' } };
    const all = policies(
      manifestsOf(withConsole({ ...production, peers: { ...production.peers, console: [ingress] } })),
    );
    const asked = [...all].flatMap(([name, { ingress: rules = [] }]) =>
      rules
        .filter(({ from = [] }) => from.some(({ podSelector }) => matchesConsole(podSelector?.matchLabels)))
        .map(({ ports = [] }) => [name, ports.map(({ port }) => port)]),
    );
    expect(asked.sort()).toEqual([
      ['to-consumer', [9464]],
      ['to-elasticsearch', [9200]],
      ['to-prometheus', [9090]],
    ]);
    expect(all.get('to-console')?.ingress).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: ingress.namespace }, podSelector: { matchLabels: ingress.pods } }],
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ]);
    // Without peers there is no policy for it: a port-forward bypasses all policies.
    expect(policies(manifestsOf(withConsole(production))).has('to-console')).toBe(false);
  });

  function matchesConsole(matchLabels: Labels = {}): boolean {
    return matchLabels['app.kubernetes.io/name'] === 'console';
  }
});

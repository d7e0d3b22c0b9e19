import { describe, expect, test } from 'vitest';
import { customResources } from '../../../src/targets/kubernetes/custom-resources.ts';
import { pods } from '../../../src/targets/kubernetes/flows.ts';
import { manifestsOf, workloads } from '../../support/manifests.ts';
import { kindWithImages, production } from '../../support/profiles.ts';

const zone = 'topology.kubernetes.io/zone';
const host = 'kubernetes.io/hostname';
const platform = manifestsOf(production, 'platform');

interface Placed {
  readonly priorityClassName?: string;
  readonly topologySpreadConstraints?: readonly {
    readonly topologyKey: string;
    readonly whenUnsatisfiable?: string;
    readonly labelSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  }[];
}

function spec(kind: string, name: string, profile = production) {
  const found = customResources(profile).find((one) => one.kind === kind && one.metadata.name === name);
  return found?.spec as Readonly<Record<string, unknown>>;
}

/** For each system, the object that has the placement of its pods. */
const placed: Readonly<Record<string, unknown>> = {
  consumer: workloads(platform).find(({ metadata }) => metadata.name === 'consumer')?.pod,
  prometheus: spec('Prometheus', 'cdc'),
  alertmanager: spec('Alertmanager', 'cdc'),
  controller: (spec('KafkaNodePool', 'controller').template as { pod: unknown }).pod,
  broker: (spec('KafkaNodePool', 'broker').template as { pod: unknown }).pod,
  elasticsearch: (spec('Elasticsearch', 'cdc').nodeSets as { podTemplate: { spec: unknown } }[])[0]?.podTemplate.spec,
};

describe('copies in production', () => {
  test.each(Object.entries(placed))('of %s go to different nodes and zones, or wait', (name, pod) => {
    const { topologySpreadConstraints = [], priorityClassName } = pod as Placed;
    // ECK adds the constraint for zones.
    expect(topologySpreadConstraints.map(({ topologyKey }) => topologyKey)).toEqual(
      name === 'elasticsearch' ? [host] : [zone, host],
    );
    for (const { whenUnsatisfiable, labelSelector } of topologySpreadConstraints) {
      expect(whenUnsatisfiable).toBe('DoNotSchedule');
      expect(Object.keys(labelSelector?.matchLabels ?? {})).not.toEqual([]);
    }
    expect(priorityClassName).toBe(production.priorityClass);
  });

  test('of the database go to different nodes and zones', () => {
    expect(spec('TidbCluster', 'cdc')).toMatchObject({
      priorityClassName: production.priorityClass,
      topologySpreadConstraints: [{ topologyKey: zone }, { topologyKey: host }],
    });
  });

  test('of data go to different zones: in TiKV, Kafka and Elasticsearch', () => {
    expect((spec('TidbCluster', 'cdc').pd as { config: string }).config).toContain(
      `location-labels = ["${zone}", "${host}"]`,
    );
    expect(spec('Kafka', 'cdc')).toMatchObject({ kafka: { rack: { topologyKey: zone } } });
    expect(spec('Elasticsearch', 'cdc')).toMatchObject({ nodeSets: [{ zoneAwareness: { topologyKey: zone } }] });
  });

  test('know nothing of zones where the profile names no label', () => {
    const { zoneKey: _, ...withoutZones } = production;
    expect(JSON.stringify([customResources(withoutZones), manifestsOf(withoutZones, 'platform')])).not.toContain(zone);
  });

  test('one at a time may be evicted', () => {
    const budgets = platform.filter(({ kind }) => kind === 'PodDisruptionBudget');
    expect(budgets.map(({ metadata, spec: budget }) => [metadata.name, budget])).toEqual(
      (['pd', 'tikv', 'tidb', 'ticdc', 'consumer', 'prometheus', 'alertmanager'] as const).map((name) => [
        name,
        { maxUnavailable: 1, selector: { matchLabels: pods[name] } },
      ]),
    );
  });

  test('have controllers of Kafka apart from the brokers', () => {
    expect(spec('KafkaNodePool', 'controller')).toMatchObject({ roles: ['controller'], replicas: 3 });
    expect(spec('KafkaNodePool', 'broker')).toMatchObject({ roles: ['broker'], replicas: 3 });
  });
});

test('a single copy goes anywhere and may always be evicted', () => {
  const text =
    JSON.stringify(customResources(kindWithImages)) + JSON.stringify(manifestsOf(kindWithImages, 'platform'));
  expect(text).not.toMatch(/topologySpreadConstraints|PodDisruptionBudget|priorityClassName|"rack"/);
});

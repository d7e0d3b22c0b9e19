import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/profile/fields.ts';
import { manifestsOf, nameOf } from '../../support/manifests.ts';
import { kind, kindWithImages, own, production } from '../../support/profiles.ts';

/** What an apply of another profile changes: objects that differ, new ones, and those that are no longer rendered. */
function upgrade(from: Profile, to: Profile) {
  const before = new Map(manifestsOf(from).map((manifest) => [nameOf(manifest), JSON.stringify(manifest)]));
  const after = new Map(manifestsOf(to).map((manifest) => [nameOf(manifest), JSON.stringify(manifest)]));
  const names = (of: ReadonlyMap<string, string>, missingIn: ReadonlyMap<string, string>) =>
    [...of.keys()].filter((name) => !missingIn.has(name)).map(withoutHash);
  return {
    changed: [...after].filter(([name, text]) => before.has(name) && before.get(name) !== text).map(([name]) => name),
    added: names(after, before),
    gone: names(before, after),
  };
}

function withoutHash(name: string): string {
  return name.replace(/-[0-9a-f]{10}(?=-|$)/, '-<hash>');
}

/** Objects that use the zone label, for pods or for copies of data. */
const zoned = [
  'StatefulSet consumer',
  'TidbCluster cdc',
  'KafkaNodePool controller',
  'KafkaNodePool broker',
  'Kafka cdc',
  'Elasticsearch cdc',
  'Prometheus cdc',
  'Alertmanager cdc',
];

describe('an upgrade', () => {
  test('of nothing changes nothing', () => {
    expect(upgrade(kind, kind)).toEqual({ changed: [], added: [], gone: [] });
  });

  test('of TiKV changes the custom resources, and a new bootstrap Job applies them', () => {
    const before = own(kindWithImages.tidb);
    const tidb = { ...before, tikv: { ...before.tikv, memoryLimit: '2Gi' } };
    expect(upgrade(kindWithImages, { ...kindWithImages, tidb })).toEqual({
      changed: ['ConfigMap custom-resources'],
      added: ['Job bootstrap-<hash>'],
      gone: ['Job bootstrap-<hash>'],
    });
  });

  test('of the topic changes the topic, and a new Job brings the changefeed to it', () => {
    const kafka = { ...kindWithImages.kafka, partitions: 6 };
    expect(upgrade(kindWithImages, { ...kindWithImages, kafka })).toEqual({
      changed: ['ConfigMap custom-resources', 'ConfigMap start-changefeed'],
      added: ['Job bootstrap-<hash>', 'Job start-changefeed-<hash>'],
      gone: ['Job bootstrap-<hash>', 'Job start-changefeed-<hash>'],
    });
  });

  test('of the retention changes the topic, and installs the index templates again', () => {
    const retention = { messages: '14d', documents: '14d' };
    expect(upgrade(kindWithImages, { ...kindWithImages, retention })).toEqual({
      changed: ['ConfigMap install-index-templates', 'ConfigMap custom-resources'],
      added: ['Job install-index-templates-<hash>', 'Job bootstrap-<hash>'],
      gone: ['Job install-index-templates-<hash>', 'Job bootstrap-<hash>'],
    });
  });

  test('of the consumer changes its StatefulSet alone', () => {
    const consumer = { ...kindWithImages.consumer, memoryLimit: '768Mi' };
    expect(upgrade(kindWithImages, { ...kindWithImages, consumer })).toEqual({
      changed: ['StatefulSet consumer'],
      added: [],
      gone: [],
    });
  });

  test("of Kafka's credentials brings them to the changefeed and to the consumer", () => {
    const before = { ...production, kafka: { ...production.kafka, credentialsVersion: 1 } };
    const after = { ...production, kafka: { ...production.kafka, credentialsVersion: 2 } };
    expect(upgrade(before, after)).toEqual({
      changed: ['StatefulSet consumer'],
      added: ['Job start-changefeed-<hash>'],
      gone: ['Job start-changefeed-<hash>'],
    });
  });

  const ownKafka = own(production.kafka);
  const { grafana } = production;
  const cidr = '10.1.0.0/16';

  test.each<[what: string, to: Partial<Profile>, changed: readonly string[]]>([
    ['the memory of the consumer', { consumer: { ...production.consumer, memory: '512Mi' } }, ['StatefulSet consumer']],
    ['the size of Filebeat', { filebeat: { ...production.filebeat, cpu: '300m' } }, ['StatefulSet consumer']],
    ['the storage of Kafka', { kafka: { ...ownKafka, storage: '300Gi' } }, ['KafkaNodePool broker']],
    ['a peer of SQL', { peers: { ...production.peers, sql: [{ cidr }] } }, ['NetworkPolicy to-tidb']],
    [
      'the size of the exporter',
      { jsonExporter: { ...production.jsonExporter, cpu: '60m' } },
      ['Deployment json-exporter'],
    ],
    ['the size of Grafana', { grafana: { ...grafana, cpu: '300m' } as typeof grafana }, ['Deployment grafana']],
    ['the label of zones', { zoneKey: 'example.com/zone' }, zoned],
  ])('of %s changes what it must, and runs no Job again', (_, to, changed) => {
    expect(upgrade(production, { ...production, ...to })).toEqual({ changed, added: [], gone: [] });
  });

  test('of the jobs from ConfigMaps to an image runs each of them again', () => {
    const { changed, added } = upgrade(kind, kindWithImages);
    expect(changed).toEqual(['StatefulSet consumer']);
    expect(added.sort()).toEqual([
      'Job create-secrets-<hash>',
      'Job install-index-templates-<hash>',
      'Job start-changefeed-<hash>',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Profile } from '../../../src/profile/fields.ts';
import { customResources } from '../../../src/targets/kubernetes/custom-resources.ts';
import { flows } from '../../../src/targets/kubernetes/flows.ts';
import {
  changed,
  externalElasticsearch,
  externalGrafana,
  externalKafka,
  externalPrometheus,
  externalTidb,
  ticdcPeer,
} from '../../support/external.ts';
import { type Manifest, manifestsOf, workloads } from '../../support/manifests.ts';
import { external, kind, production } from '../../support/profiles.ts';

/** Expressions that match only objects that belong to a system or refer to it. */
const traces = {
  tidb: /cdc-(tidb|pd|tikv|ticdc-peer|init)\b|tidb-(operator|controller|application)|pingcap\.com|job="(pd|tikv|tidb|ticdc)"/i,
  elasticsearch: /cdc-es-|elasticsearch-(user-|roles)|elastic-operator|k8s\.elastic\.co/,
  prometheus:
    /^kind: (Prometheus|Alertmanager)$|^ {2}name: (to-)?(prometheus|alertmanager)$|prometheus-operator|alertmanager-|http:\/\/prometheus:/m,
  grafana: /^ {2}name: (to-)?grafana$|grafana-admin|grafana-[a-z]+\.example/m,
  kafka: /cdc-kafka|cdc-cluster-ca|strimzi|kafka\.strimzi\.io|kafka_(server|controller)/i,
};

const podNames: Readonly<Record<keyof typeof traces, RegExp>> = {
  tidb: /"(tidb-cluster|pd|tikv|tidb|ticdc)"/,
  elasticsearch: /"elasticsearch"/,
  kafka: /"(kafka|entity-operator)"/,
  prometheus: /"to":"(prometheus|alertmanager)"/,
  grafana: /"to":"grafana"/,
};

const alone: readonly (readonly [keyof typeof traces, Profile])[] = [
  ['tidb', externalTidb],
  ['kafka', externalKafka],
  ['elasticsearch', externalElasticsearch],
  ['prometheus', externalPrometheus],
  ['grafana', externalGrafana],
  ['tidb', external],
  ['elasticsearch', external],
  ['prometheus', external],
  ['grafana', external],
  ['kafka', external],
];

describe.each(alone)('where %s is external', (system, profile) => {
  const manifests = manifestsOf(profile);

  test('nothing of it is rendered, and nobody asks for it', () => {
    const found = manifests.filter((manifest) => traces[system].test(stringify(manifest)));
    expect(found.map(({ kind: type, metadata }) => `${type} ${metadata.name}`)).toEqual([]);
    // Proves the expression: it finds the system in production.
    expect(manifestsOf(production).filter((one) => traces[system].test(stringify(one))).length).toBeGreaterThan(4);
  });

  test('no flow has a pod of it', () => {
    const text = JSON.stringify(flows(profile));
    expect(text).not.toMatch(podNames[system]);
  });

  test('its operator is not installed', () => {
    const programs = kind.programs;
    const installed = changed({ operators: 'install', programs, zoneKey: undefined, backup: undefined }, profile);
    const found = manifestsOf(installed).filter((manifest) => traces[system].test(stringify(manifest)));
    expect(found.map(({ kind: type, metadata }) => `${type} ${metadata.name}`)).toEqual([]);
  });
});

describe('external Kafka', () => {
  const manifests = manifestsOf(externalKafka);

  test('is entered by the consumer as the profile says', () => {
    expect(environment(manifests, 'consumer')).toMatchObject({
      KAFKA_BROKERS: 'kafka-0.example.com:9093,kafka-1.example.com:9093',
      KAFKA_TOPICS: 'cdc.events',
      KAFKA_GROUP_ID: 'cdc-consumer',
      KAFKA_DEAD_LETTER_TOPIC: 'cdc.events.dead-letter',
      KAFKA_PROTOCOL: 'auto',
      KAFKA_USERNAME: { name: 'kafka-consumer', key: 'username' },
      KAFKA_PASSWORD: { name: 'kafka-consumer', key: 'password' },
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_CA_FILE: '/etc/kafka-ca/ca.crt',
    });
    expect(consumerPod(manifests).volumes).toContainEqual({ name: 'kafka-ca', secret: { secretName: 'kafka-ca' } });
  });

  test('is written by the TiCDC of the cluster with a login of its own, and the Secret mounted', () => {
    expect(environment(manifests, 'create-changefeed')).toMatchObject({
      KAFKA_USERNAME: { name: 'kafka-ticdc', key: 'username' },
    });
    expect(sinkUri(manifests)).toBe(
      'kafka://kafka-0.example.com:9093,kafka-1.example.com:9093/cdc.events?protocol=canal-json' +
        '&enable-tidb-extension=true&partition-num=12&replication-factor=3&max-message-bytes=1048576' +
        '&compression=gzip&required-acks=-1&auto-create-topic=false&sasl-mechanism=scram-sha-512' +
        '&enable-tls=true&ca=%2Fvar%2Flib%2Fsink-tls%2Fkafka-ca%2Fca.crt',
    );
    const cluster = customResources(externalKafka).find(({ kind: type }) => type === 'TidbCluster');
    expect(cluster?.spec).toMatchObject({ ticdc: { tlsClientSecretNames: ['kafka-ca'] } });
  });

  test.each([
    [{ caSecret: undefined }, { KAFKA_TLS: 'true', KAFKA_CA_FILE: undefined }, /&enable-tls=true$/],
    [{ caSecret: undefined, tls: false }, { KAFKA_TLS: undefined, KAFKA_CA_FILE: undefined }, /sha-512$/],
    [
      { authentication: 'plain', secret: 'kafka' },
      { KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: { name: 'kafka', key: 'username' } },
      /&sasl-mechanism=plain&/,
    ],
    [{ authentication: 'none', secret: undefined }, { KAFKA_USERNAME: undefined }, /create-topic=false&enable-tls/],
  ])('with %o', (keys, settings, uri) => {
    if (!('external' in externalKafka.kafka)) throw new Error('Kafka is not external');
    const other = manifestsOf(
      changed({ kafka: { external: { ...externalKafka.kafka.external, ...keys } } }, externalKafka),
    );
    const found = environment(other, 'consumer');
    expect(Object.fromEntries(Object.keys(settings).map((name) => [name, found[name]]))).toEqual(settings);
    expect(sinkUri(other)).toMatch(uri);
  });

  test('a changed password is brought to who uses it', () => {
    const annotations = consumer(manifests)?.spec?.template?.metadata as { readonly annotations?: unknown };
    expect(annotations.annotations).toMatchObject({ 'tidb-cdc/kafka-credentials': '1' });
  });
});

describe('external TiDB', () => {
  const manifests = manifestsOf(externalTidb);

  test('gets its changefeed, to our Kafka by its name in all namespaces', () => {
    expect(environment(manifests, 'create-changefeed')).toMatchObject({
      TICDC_URL: 'http://ticdc.database.svc:8300',
      KAFKA_USERNAME: 'cdc-ticdc',
    });
    expect(sinkUri(manifests)).toMatch(/^kafka:\/\/cdc-kafka-bootstrap\.cdc\.svc:9093\/cdc-events\?/);
    expect(sinkUri(manifests)).toMatch(/&enable-tls=true&ca=%2Fetc%2Fkafka%2Fca.crt$/);
  });

  test('is let in to our Kafka', () => {
    const kafka = customResources(externalTidb).find(({ kind: type }) => type === 'Kafka')?.spec;
    expect(kafka).toMatchObject({
      kafka: {
        listeners: [
          {
            networkPolicyPeers: [
              { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'consumer' } } },
              {
                namespaceSelector: { matchLabels: ticdcPeer.namespace },
                podSelector: { matchLabels: ticdcPeer.pods },
              },
            ],
          },
        ],
      },
    });
  });

  test('is entered with the login and the certificate authority of the profile, and told its own way to Kafka', () => {
    const all = manifestsOf(external);
    expect(environment(all, 'create-changefeed')).toMatchObject({
      TICDC_URL: 'https://ticdc.example.com:8300',
      TICDC_USERNAME: { name: 'ticdc-login', key: 'username' },
      TICDC_PASSWORD: { name: 'ticdc-login', key: 'password' },
      TICDC_CA_FILE: '/etc/ticdc-ca/ca.crt',
      KAFKA_USERNAME: { name: 'kafka-ticdc', key: 'username' },
    });
    const job = workloads(all).find(({ metadata }) => metadata.name.startsWith('start-changefeed'));
    expect(job?.pod.volumes).toContainEqual({ name: 'ticdc-ca', secret: { secretName: 'ticdc-ca' } });
    expect(sinkUri(all)).toMatch(/^kafka:\/\/kafka-0\.internal\.example\.com:9093,.*\/cdc\.events\?/);
    expect(sinkUri(all)).toMatch(/&ca=%2Fetc%2Fticdc%2Fkafka-ca.crt$/);
  });

  test('with a changefeed of somebody else has no Job, and the consumer goes by the messages', () => {
    const theirs = manifestsOf(changed({ tidb: { external: { changefeed: false } }, capture: undefined }, external));
    expect(theirs.filter(({ metadata }) => metadata.name.startsWith('start-changefeed'))).toEqual([]);
    expect(environment(theirs, 'consumer').KAFKA_PROTOCOL).toBe('auto');
  });

  test('gets the tables and the rows of the demo where it is on', () => {
    const sql = { host: 'tidb.example.com', secret: 'tidb-admin' };
    const tidb = { external: { ...('external' in external.tidb ? external.tidb.external : {}), sql } };
    const demo = manifestsOf(changed({ tidb, demo: true, capture: ['shop.*'] }, external));
    expect(environment(demo, 'migrate-database')).toMatchObject({
      DATABASE_HOST: 'tidb.example.com',
      DATABASE_PORT: '4000',
      DATABASE_ADMIN_USER: { name: 'tidb-admin', key: 'username' },
      DATABASE_ADMIN_PASSWORD: { name: 'tidb-admin', key: 'password' },
      DATABASE_APP_PASSWORD: { name: 'tidb-application', key: 'password' },
    });
    expect(environment(demo, 'seed-database')).toMatchObject({ DATABASE_HOST: 'tidb.example.com' });
    const secrets = demo.find(({ kind: type, metadata }) => type === 'ConfigMap' && metadata.name === 'create-secrets');
    expect(secrets?.data?.['secrets.json']).toContain('"tidb-application"');
    expect(secrets?.data?.['secrets.json']).not.toContain('"cdc-init"');
  });
});

test('an alert about operators names only those that somebody needs', () => {
  const expression = (profile: Profile): string =>
    stringify(customResources(profile).find(({ kind: type }) => type === 'PrometheusRule'));
  expect(expression(externalKafka)).toMatch(/alert: OperatorDown[\s\S]*tidb-controller-manager/);
  expect(expression(externalKafka)).not.toContain('strimzi');
  expect(expression(production)).toContain('strimzi-cluster-operator');
});

type Value = string | { readonly name: string; readonly key: string } | undefined;

/** The environment of the first container with this name: texts, and keys of Secrets. */
function environment(manifests: readonly Manifest[], container: string): Readonly<Record<string, Value>> {
  const all = workloads(manifests).flatMap(({ pod }) => [...(pod.initContainers ?? []), ...pod.containers]);
  const env = all.find(({ name }) => name === container)?.env ?? [];
  return Object.fromEntries(
    env.map(({ name, value, valueFrom }) => {
      const secret = (valueFrom as { readonly secretKeyRef: Value } | undefined)?.secretKeyRef;
      return [name, value ?? secret];
    }),
  );
}

function consumer(manifests: readonly Manifest[]) {
  return workloads(manifests).find(({ metadata }) => metadata.name === 'consumer');
}

function consumerPod(manifests: readonly Manifest[]) {
  return consumer(manifests)?.pod ?? { containers: [], volumes: [] };
}

function sinkUri(manifests: readonly Manifest[]): string {
  const files = manifests.find(
    ({ kind: type, metadata }) => type === 'ConfigMap' && metadata.name === 'start-changefeed',
  );
  const { sink_uri: uri } = JSON.parse(files?.data?.['changefeed.json'] ?? '{}') as { sink_uri: string };
  return uri;
}

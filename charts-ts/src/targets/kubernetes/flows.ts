import { elasticsearchPods, installIndexTemplatesJob } from '../../elastic/facts.ts';
import { kafkaListener } from '../../kafka/facts.ts';
import { instance, selectorLabels } from '../../kit/kubernetes/metadata.ts';
import { scrapeJobs } from '../../monitoring/scrape.ts';
import { elasticOperatorName } from '../../operators/eck.ts';
import { tidbControllerName } from '../../operators/tidb-operator.ts';
import { systems } from '../../pipeline.ts';
import type { Labels, Peer } from '../../profile/access.ts';
import { backupNamespace } from '../../profile/backup.ts';
import type { Profile } from '../../profile/fields.ts';
import type { OwnKafka } from '../../profile/kafka.ts';
import { ticdcOperatorPort, ticdcPods } from '../../ticdc/facts.ts';
import { tidbClusterPods, tidbComponentPods } from '../../tidb/facts.ts';
import { startChangefeedJob } from './changefeed.ts';

/** Labels of the namespace's pods that take part in flows. */
export const pods = {
  'tidb-cluster': tidbClusterPods,
  pd: tidbComponentPods('pd'),
  tikv: tidbComponentPods('tikv'),
  tidb: tidbComponentPods('tidb'),
  ticdc: ticdcPods,
  kafka: { 'strimzi.io/cluster': instance, 'strimzi.io/kind': 'Kafka', 'strimzi.io/name': `${instance}-kafka` },
  'entity-operator': { 'strimzi.io/cluster': instance, 'strimzi.io/name': `${instance}-entity-operator` },
  consumer: selectorLabels('consumer'),
  elasticsearch: elasticsearchPods,
  prometheus: selectorLabels('prometheus'),
  alertmanager: selectorLabels('alertmanager'),
  grafana: selectorLabels('grafana'),
  'json-exporter': selectorLabels('json-exporter'),
  console: selectorLabels('console'),
  [startChangefeedJob]: selectorLabels(startChangefeedJob),
  [installIndexTemplatesJob]: selectorLabels(installIndexTemplatesJob),
} as const satisfies Readonly<Record<string, Labels>>;

/** Pods of operators, which another team may run in other namespaces. */
type OperatorName = 'tidb-operator' | 'eck-operator' | 'strimzi';

export type PodName = keyof typeof pods;
/** Peers that the profile lets in from outside the namespace. */
type PeersName = `${keyof Profile['peers']}-peers`;

export type Sender = PodName | OperatorName | PeersName | 'tidb-backup' | 'people';

/** Connections that must be allowed. */
export interface Flow {
  /** `people` connect from outside the cluster through its nodes' ports: what is open to them is open to everyone. */
  readonly from: readonly Sender[];
  readonly to: PodName;
  readonly ports: readonly number[] | 'all';
  /** Over UDP too. */
  readonly udp?: true;
  /** Who writes the policy: Strimzi does for its own pods. @default we do */
  readonly policyBy?: 'strimzi';
  readonly why: string;
}

/** The parts of a profile that flows depend on. */
export type FlowProfile = Pick<
  Profile,
  | 'tidb'
  | 'kafka'
  | 'consumer'
  | 'elasticsearch'
  | 'prometheus'
  | 'grafana'
  | 'nodePorts'
  | 'console'
  | 'peers'
  | 'backup'
>;

/** All connections between pods, and to pods from outside. Everything else is refused. */
export function flows(profile: FlowProfile): readonly Flow[] {
  const { kafka, consumer, nodePorts, peers, backup } = profile;
  const all = [
    ...ofTidb,
    ...(consumer.rowLookup === undefined ? [] : ofLookup),
    ...('external' in kafka ? [] : ofKafka(kafkaListener(kafka).port)),
    ...fromPods,
    ...(backup === undefined ? [] : ofBackup),
    ...fromPeers,
    ...(nodePorts ? fromPeople : []),
  ];
  const absent: readonly Sender[] = [...absentPods(profile), ...absentPeers(peers)];
  const outside = externalSenders(profile);
  const isPresent = (sender: Sender): boolean => !absent.includes(sender);
  return all
    .map((flow) => ({ ...flow, from: flow.from.filter((sender) => isPresent(sender) || outside.includes(sender)) }))
    .filter(({ from, to }) => from.length > 0 && isPresent(to));
}

/** Pods that do not exist here, because their system is external or the profile leaves them out. */
export function absentPods({
  tidb,
  kafka,
  elasticsearch: search,
  prometheus: watcher,
  grafana: shown,
  console: page,
}: FlowProfile): readonly PodName[] {
  return [
    ...('external' in tidb ? (['tidb-cluster', 'pd', 'tikv', 'tidb', 'ticdc'] as const) : []),
    ...('external' in kafka ? (['kafka', 'entity-operator'] as const) : []),
    ...('external' in search ? (['elasticsearch'] as const) : []),
    ...('external' in watcher ? (['prometheus', 'alertmanager'] as const) : []),
    ...('external' in shown ? (['grafana'] as const) : []),
    ...(page === undefined ? (['console'] as const) : []),
  ];
}

/** External systems that connect to pods here. */
function externalSenders({ prometheus, grafana: shown }: FlowProfile): readonly Sender[] {
  return [
    ...('external' in prometheus ? (['prometheus'] as const) : []),
    ...('external' in shown && shown.external.peers.length > 0 ? (['grafana'] as const) : []),
  ];
}

/** Peers of which the profile names none: a rule without peers would let everyone in. */
function absentPeers(peers: Profile['peers']): readonly PeersName[] {
  const names = Object.keys(peers) as (keyof typeof peers)[];
  return names.filter((name) => peers[name].length === 0).map((name): PeersName => `${name}-peers`);
}

const { elasticsearch, alertmanager, grafana } = systems;

const ofTidb: readonly Flow[] = [
  { from: ['tidb-cluster'], to: 'tidb-cluster', ports: 'all', why: 'PD, TiKV, TiDB and TiCDC work together' },
  { from: ['tidb-operator'], to: 'tidb-cluster', ports: 'all', why: 'it asks for their health, and moves leaders' },
  {
    from: [startChangefeedJob],
    to: 'tidb',
    ports: [systems.tidb.sql],
    why: 'it creates tables and inserts the first rows',
  },
  { from: [startChangefeedJob], to: 'ticdc', ports: [ticdcOperatorPort], why: 'it creates the changefeed' },
];

const ofLookup: readonly Flow[] = [
  { from: ['consumer'], to: 'tidb', ports: [systems.tidb.sql], why: 'it reads rows over the size limit' },
];

/** @param port the clients' listener */
function ofKafka(port: number): readonly Flow[] {
  const to = { to: 'kafka', policyBy: 'strimzi' } as const;
  return [
    { from: ['ticdc', 'consumer'], ...to, ports: [port], why: 'TiCDC writes the topic, the consumer reads it' },
    { from: ['console'], ...to, ports: [port], why: 'it reads the dead letters, and sends them again' },
    { from: ['kafka-peers'], ...to, ports: [port], why: 'clients beside ours, such as a TiCDC that is external' },
    { from: ['kafka'], ...to, ports: [9090, 9091], why: 'controllers and brokers work together' },
    { from: ['entity-operator'], ...to, ports: [9091], why: 'it creates topics and users' },
    { from: ['strimzi'], ...to, ports: [9090, 9091, 8443], why: 'it rolls brokers one by one' },
    { from: ['prometheus'], ...to, ports: [scrapeJobs.kafka.port], why: 'metrics' },
  ];
}

const fromPods: readonly Flow[] = [
  {
    from: ['elasticsearch'],
    to: 'elasticsearch',
    ports: [elasticsearch.http, elasticsearch.transport],
    why: 'nodes',
  },
  { from: ['eck-operator'], to: 'elasticsearch', ports: [elasticsearch.http], why: "it asks for the cluster's health" },
  { from: [installIndexTemplatesJob], to: 'elasticsearch', ports: [elasticsearch.http], why: 'its one task' },
  {
    from: ['consumer'],
    to: 'elasticsearch',
    ports: [elasticsearch.http],
    why: 'Filebeat in its pod ships the events',
  },
  { from: ['grafana'], to: 'elasticsearch', ports: [elasticsearch.http], why: 'the table of events' },
  { from: ['json-exporter'], to: 'elasticsearch', ports: [elasticsearch.http], why: 'metrics' },
  { from: ['json-exporter'], to: 'consumer', ports: [systems.filebeat.status], why: 'metrics of Filebeat' },

  { from: ['prometheus'], to: 'pd', ports: [systems.pd.client], why: 'metrics' },
  { from: ['prometheus'], to: 'tikv', ports: [systems.tikv.status], why: 'metrics' },
  { from: ['prometheus'], to: 'tidb', ports: [systems.tidb.status], why: 'metrics' },
  { from: ['prometheus'], to: 'ticdc', ports: [ticdcOperatorPort], why: 'metrics' },
  { from: ['prometheus'], to: 'consumer', ports: [systems.consumer.http], why: 'metrics' },
  { from: ['prometheus'], to: 'json-exporter', ports: [systems['json-exporter'].http], why: 'metrics' },
  { from: ['prometheus'], to: 'grafana', ports: [grafana.http], why: 'metrics' },
  { from: ['prometheus'], to: 'alertmanager', ports: [alertmanager.http], why: 'alerts, and metrics' },
  { from: ['prometheus'], to: 'prometheus', ports: [systems.prometheus.http], why: 'metrics of each other' },
  { from: ['alertmanager'], to: 'alertmanager', ports: [9094], udp: true, why: 'gossip' },
  { from: ['grafana'], to: 'prometheus', ports: [systems.prometheus.http], why: 'panels' },

  { from: ['console'], to: 'elasticsearch', ports: [elasticsearch.http], why: 'the events' },
  { from: ['console'], to: 'prometheus', ports: [systems.prometheus.http], why: 'the pie, and which parts are up' },
  { from: ['console'], to: 'consumer', ports: [systems.consumer.http], why: 'its figures' },
];

const fromPeers: readonly Flow[] = [
  // A port-forward bypasses all policies.
  { from: ['console-peers'], to: 'console', ports: [systems.console.http], why: 'the page' },
  { from: ['sql-peers'], to: 'tidb', ports: [systems.tidb.sql], why: 'applications' },
  { from: ['grafana-peers'], to: 'grafana', ports: [systems.grafana.http], why: 'dashboards' },
  { from: ['prometheus-peers'], to: 'prometheus', ports: [systems.prometheus.http], why: 'queries' },
];

const ofBackup: readonly Flow[] = [
  { from: ['tidb-backup'], to: 'pd', ports: [systems.pd.client], why: 'where the data is' },
  { from: ['tidb-backup'], to: 'tikv', ports: [systems.tikv.server, systems.tikv.status], why: 'backup and restore' },
];

const fromPeople: readonly Flow[] = [
  { from: ['people'], to: 'tidb', ports: [systems.tidb.sql], why: 'SQL' },
  { from: ['people'], to: 'prometheus', ports: [systems.prometheus.http], why: 'queries, and verify' },
  { from: ['people'], to: 'grafana', ports: [systems.grafana.http], why: 'dashboards' },
];

/** The peers of a sender. Pods of our own operators are in the namespace, others where the profile says. */
export function peersOf(
  sender: Exclude<Sender, 'people'>,
  profile: Pick<Profile, 'namespace' | 'operators' | 'operatorPods' | 'peers' | 'prometheus' | 'grafana'>,
): readonly Peer[] {
  const { namespace, operators, operatorPods, peers, prometheus, grafana: shown } = profile;
  const installed = operators === 'install';
  switch (sender) {
    case 'tidb-operator':
      return installed ? [{ pods: selectorLabels(tidbControllerName) }] : operatorPods.tidb;
    case 'eck-operator':
      return installed ? [{ pods: selectorLabels(elasticOperatorName) }] : operatorPods.elastic;
    case 'strimzi':
      return [{ pods: { 'strimzi.io/kind': 'cluster-operator' } }];
    case 'prometheus':
      return 'external' in prometheus ? prometheus.external.peers : [{ pods: pods.prometheus }];
    case 'grafana':
      return 'external' in shown ? shown.external.peers : [{ pods: pods.grafana }];
    case 'sql-peers':
      return peers.sql;
    case 'kafka-peers':
      return peers.kafka;
    case 'grafana-peers':
      return peers.grafana;
    case 'prometheus-peers':
      return peers.prometheus;
    case 'tidb-backup':
      // The operator's Jobs.
      return ['backup-operator', 'restore-operator'].map((operator) => ({
        namespace: { 'kubernetes.io/metadata.name': backupNamespace(namespace) },
        pods: { 'app.kubernetes.io/managed-by': operator },
      }));
    case 'console-peers':
      return peers.console;
    default:
      return [{ pods: pods[sender] }];
  }
}

/** Who may connect to Kafka's listener; Strimzi writes its policies from this. */
export function kafkaClients(profile: Profile, kafka: OwnKafka): readonly Peer[] {
  const { port } = kafkaListener(kafka);
  return flows(profile)
    .filter(({ to, ports }) => to === 'kafka' && ports.includes(port as never))
    .flatMap(({ from }) => from.flatMap((sender) => (sender === 'people' ? [] : peersOf(sender, profile))));
}

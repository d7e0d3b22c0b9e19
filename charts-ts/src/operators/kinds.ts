import type { OperatorName } from '../profile/operators.ts';

/** Paths of the scale subresource. */
type Scale = readonly [specReplicas: string, statusReplicas: string, labelSelector?: string];

/** A printer column: header, type, path of its value, priority. Above 0, only `kubectl get -o wide` shows it. */
type PrinterColumn = readonly [header: string, type: string, jsonPath: string, priority?: number];

/** What a CRD states about a kind besides its name and schema, exactly as upstream. All kinds are namespaced. */
interface Facts {
  readonly group: string;
  readonly category?: string;
  /** The version that is stored. */
  readonly version: string;
  /**
   * Whether the status is a subresource. TiDB Operator writes a TidbCluster's status with a plain update, which a
   * status subresource would ignore; all other statuses are written through the subresource, which must exist.
   */
  readonly status: boolean;
  readonly scale?: Scale;
  readonly columns?: readonly PrinterColumn[];
  /** An older version that is still served. */
  readonly older?: string;
  /** An older version that is not served any more. */
  readonly unserved?: string;
}

/** A kind that an operator watches. */
export interface WatchedKind extends Facts {
  readonly kind: string;
  readonly shortName: string;
}

/** The kinds of an operator: what they have in common, then one line per kind with what differs. */
function kinds(
  common: Facts,
  rows: readonly (readonly [kind: string, shortName: string, different?: Partial<Facts>])[],
): readonly WatchedKind[] {
  return rows.map(([kind, shortName, different]) => ({ ...common, ...different, kind, shortName }));
}

const age: PrinterColumn = ['Age', 'date', '.metadata.creationTimestamp'];
const ready: PrinterColumn = ['Ready', 'string', '.status.conditions[?(@.type=="Ready")].status'];
const kafkaCluster: PrinterColumn = ['Cluster', 'string', '.metadata.labels.strimzi\\.io/cluster'];

const tidbClusterColumns: readonly PrinterColumn[] = [
  ready,
  ['PD', 'string', '.status.pd.image'],
  ['Storage', 'string', '.spec.pd.requests.storage'],
  ['Ready', 'integer', '.status.pd.statefulSet.readyReplicas'],
  ['Desire', 'integer', '.spec.pd.replicas'],
  ['TiKV', 'string', '.status.tikv.image'],
  ['Storage', 'string', '.spec.tikv.requests.storage'],
  ['Ready', 'integer', '.status.tikv.statefulSet.readyReplicas'],
  ['Desire', 'integer', '.spec.tikv.replicas'],
  ['TiDB', 'string', '.status.tidb.image'],
  ['Ready', 'integer', '.status.tidb.statefulSet.readyReplicas'],
  ['Desire', 'integer', '.spec.tidb.replicas'],
  ['Status', 'string', '.status.conditions[?(@.type=="Ready")].message', 1],
  age,
];

const kafkaColumns: readonly PrinterColumn[] = [
  ready,
  ['Warnings', 'string', '.status.conditions[?(@.type=="Warning")].status'],
  ['Kafka version', 'string', '.status.kafkaVersion'],
  ['Metadata version', 'string', '.status.kafkaMetadataVersion'],
];

const kafkaTopicColumns: readonly PrinterColumn[] = [
  kafkaCluster,
  ['Partitions', 'integer', '.spec.partitions'],
  ['Replication factor', 'integer', '.spec.replicas'],
  ready,
];

const kafkaUserColumns: readonly PrinterColumn[] = [
  kafkaCluster,
  ['Authentication', 'string', '.spec.authentication.type'],
  ['Authorization', 'string', '.spec.authorization.type'],
  ready,
];

const kafkaNodePoolColumns: readonly PrinterColumn[] = [
  ['Desired replicas', 'integer', '.spec.replicas'],
  ['Roles', 'string', '.status.roles'],
  ['NodeIds', 'string', '.status.nodeIds'],
];

const elasticsearchColumns: readonly PrinterColumn[] = [
  ['health', 'string', '.status.health'],
  ['nodes', 'integer', '.status.availableNodes'],
  ['version', 'string', '.status.version'],
  ['phase', 'string', '.status.phase'],
  ['age', 'date', '.metadata.creationTimestamp'],
];

const beatColumns: readonly PrinterColumn[] = [
  ['health', 'string', '.status.health'],
  ['available', 'integer', '.status.availableNodes'],
  ['expected', 'integer', '.status.expectedNodes'],
  ['type', 'string', '.spec.type'],
  ['version', 'string', '.status.version'],
  ['age', 'date', '.metadata.creationTimestamp'],
];

/** Columns of Prometheus and Alertmanager, which differ in one header. */
function monitoringColumns(replicas: string): readonly PrinterColumn[] {
  return [
    ['Version', 'string', '.spec.version'],
    [replicas, 'integer', '.spec.replicas'],
    ['Ready', 'integer', '.status.availableReplicas'],
    ['Reconciled', 'string', ".status.conditions[?(@.type == 'Reconciled')].status"],
    ['Available', 'string', ".status.conditions[?(@.type == 'Available')].status"],
    age,
    ['Paused', 'boolean', '.status.paused', 1],
  ];
}

const byReplicas: Scale = ['.spec.replicas', '.status.replicas', '.status.selector'];
const byShards: Scale = ['.spec.shards', '.status.shards', '.status.selector'];
const byCount: Scale = ['.spec.count', '.status.count', '.status.selector'];
const byKafkaReplicas: Scale = ['.spec.replicas', '.status.replicas', '.status.labelSelector'];

/** Every kind that TiDB Operator v1.6.6 watches. */
const tidbOperator = kinds({ group: 'pingcap.com', version: 'v1alpha1', status: false }, [
  ['Backup', 'bk'],
  ['BackupSchedule', 'bks'],
  ['CompactBackup', 'cpbk'],
  ['DMCluster', 'dc'],
  ['Restore', 'rt'],
  ['TidbCluster', 'tc', { columns: tidbClusterColumns }],
  ['TidbDashboard', 'td', { status: true }],
  ['TidbInitializer', 'ti'],
  ['TidbMonitor', 'tm'],
  ['TidbNGMonitoring', 'tngm', { status: true }],
]);

/** Every kind that Strimzi 1.2.0 watches. */
const strimzi = kinds({ group: 'kafka.strimzi.io', category: 'strimzi', version: 'v1', status: true }, [
  ['Kafka', 'k', { columns: kafkaColumns }],
  ['KafkaConnect', 'kc', { scale: byKafkaReplicas }],
  ['StrimziPodSet', 'sps', { group: 'core.strimzi.io' }],
  ['KafkaTopic', 'kt', { columns: kafkaTopicColumns }],
  ['KafkaUser', 'ku', { columns: kafkaUserColumns }],
  ['KafkaNodePool', 'knp', { scale: byKafkaReplicas, columns: kafkaNodePoolColumns }],
  ['KafkaBridge', 'kb', { scale: byKafkaReplicas }],
  ['KafkaConnector', 'kctr', { scale: ['.spec.tasksMax', '.status.tasksMax'] }],
  ['KafkaMirrorMaker2', 'kmm2', { scale: byKafkaReplicas }],
  ['KafkaRebalance', 'kr'],
]);

const stable = { version: 'v1', older: 'v1beta1' } as const;
const stableSinceAlpha = { ...stable, unserved: 'v1alpha1' } as const;
const logstashScale: Scale = ['.spec.count', '.status.expectedNodes', '.status.selector'];

/** Every kind that ECK 3.5.0 watches; each has its own group. */
const eck = kinds({ group: 'k8s.elastic.co', category: 'elastic', version: 'v1alpha1', status: true }, [
  ['Agent', 'agent', { group: 'agent.k8s.elastic.co' }],
  ['ApmServer', 'apm', { group: 'apm.k8s.elastic.co', ...stableSinceAlpha, scale: byCount }],
  ['AutoOpsAgentPolicy', 'aop', { group: 'autoops.k8s.elastic.co' }],
  ['Beat', 'beat', { group: 'beat.k8s.elastic.co', version: 'v1beta1', columns: beatColumns }],
  ['ElasticMapsServer', 'ems', { group: 'maps.k8s.elastic.co', scale: byCount }],
  ['ElasticsearchAutoscaler', 'esa', { group: 'autoscaling.k8s.elastic.co' }],
  [
    'Elasticsearch',
    'es',
    { group: 'elasticsearch.k8s.elastic.co', ...stableSinceAlpha, columns: elasticsearchColumns },
  ],
  ['EnterpriseSearch', 'ent', { group: 'enterprisesearch.k8s.elastic.co', ...stable, scale: byCount }],
  ['Kibana', 'kb', { group: 'kibana.k8s.elastic.co', ...stableSinceAlpha, scale: byCount }],
  ['Logstash', 'ls', { group: 'logstash.k8s.elastic.co', scale: logstashScale }],
  ['PackageRegistry', 'epr', { group: 'packageregistry.k8s.elastic.co', scale: byCount }],
  ['StackConfigPolicy', 'scp', { group: 'stackconfigpolicy.k8s.elastic.co' }],
]);

const monitoring = { group: 'monitoring.coreos.com', category: 'prometheus-operator', version: 'v1', status: true };

/** Every kind that Prometheus Operator v0.92.0 watches. */
const prometheusOperator = kinds(monitoring, [
  ['AlertmanagerConfig', 'amcfg', { version: 'v1alpha1' }],
  ['Alertmanager', 'am', { scale: byReplicas, columns: monitoringColumns('Replicas') }],
  ['PodMonitor', 'pmon'],
  ['Probe', 'prb'],
  ['Prometheus', 'prom', { scale: byShards, columns: monitoringColumns('Desired') }],
  ['PrometheusAgent', 'promagent', { version: 'v1alpha1', scale: byShards }],
  ['PrometheusRule', 'promrule'],
  ['ScrapeConfig', 'scfg', { version: 'v1alpha1' }],
  ['ServiceMonitor', 'smon'],
  ['ThanosRuler', 'ruler'],
]);

/** Every kind that each operator watches. If one is missing, the operator waits or does not start. */
export const watchedKinds: Readonly<Record<OperatorName, readonly WatchedKind[]>> = {
  tidb: tidbOperator,
  strimzi,
  elastic: eck,
  prometheus: prometheusOperator,
};

import { type AlertCases, fires, silent } from './alert-case.ts';

const events = 'cdc_events_total{tablename="shop.orders",operation="insert"}';
const notShipping =
  'The consumer logs events, but Elasticsearch has acknowledged none for five minutes. They wait in the event log until its oldest file is removed.';
const removed = 'cdc_event_log_removed_files_total';
const health = { job: 'elasticsearch', instance: 'http://es:9200/_cluster/health' };

export const platformCases: AlertCases = {
  FilebeatNotShipping: [
    fires('nothing is acknowledged', { [shipped('acked')]: '50x20', [events]: '0+10x20' }, 15, {}, notShipping),
    fires('there is no Filebeat', { [events]: '0+10x20' }, 15, {}, notShipping),
    fires(
      'everything is refused',
      { [shipped('acked')]: '50x20', [shipped('failed')]: '0+10x20', [events]: '0+10x20' },
      15,
      {},
      notShipping,
    ),
    silent('all is shipped', { [shipped('acked')]: '0+10x20', [events]: '0+10x20' }, 15),
    silent('what is shipped was there already', { [shipped('duplicates')]: '0+10x20', [events]: '0+10x20' }, 15),
    silent('no event is logged', { [shipped('acked')]: '50x20', [events]: '10x20' }, 15),
  ],
  DocumentsMissing: [
    fires(
      'Filebeat leaves out every other line',
      { [events]: '0+10x100', [shipped('acked')]: '0+5x100' },
      100,
      {},
      missing('275'),
    ),
    fires('there is no Filebeat', { [events]: '0+10x100' }, 100, {}, missing('600')),
    silent('all came, a minute late', { [events]: '0+10x100', [shipped('acked')]: '0 0+10x99' }, 100),
    silent('what came was there already', { [events]: '0+10x100', [shipped('duplicates')]: '0+10x100' }, 100),
    silent('all was refused and kept', { [events]: '0+10x100', [shipped('dead_letter')]: '0+10x100' }, 100),
    silent('Filebeat was started again', { [events]: '0+10x100', [shipped('acked')]: '0+10x50 0+10x49' }, 100),
    silent('a backlog is shipped', { [events]: '1000x100', [shipped('acked')]: '0+10x100' }, 100),
  ],
  DocumentsRejected: [
    fires(
      'a document is refused',
      { [shipped('dead_letter')]: '0x5 1x9' },
      9,
      {},
      'Elasticsearch refused documents in the last ten minutes. They are in the index cdc-events-rejected, with the reason.',
    ),
    silent('one was refused long ago', { [shipped('dead_letter')]: '1x20' }, 15),
  ],
  DocumentsDropped: [
    fires(
      'the index beside refuses too',
      { [shipped('dropped')]: '0x5 3x9' },
      9,
      {},
      'Elasticsearch refused documents in the last hour, and the index cdc-events-rejected refused them too.',
    ),
    silent('nothing was dropped', { [shipped('dropped')]: '0x20' }, 15),
  ],
  EventLogRemovedUnread: [
    fires(
      'files are removed while Filebeat is away',
      { [events]: '0+10x100', [removed]: '0x50 4x50' },
      100,
      {},
      '4 files of the event log were removed in the last hour while events are missing in Elasticsearch.',
    ),
    silent(
      'files are removed that were read',
      { [events]: '0+10x100', [shipped('acked')]: '0+10x100', [removed]: '0x50 4x50' },
      100,
    ),
    silent('nothing is removed', { [events]: '0+10x100', [removed]: '4x100' }, 100),
  ],
  ElasticsearchYellow: [
    fires(
      'yellow for a while',
      { [color('yellow')]: '1x20' },
      15,
      { ...health, color: 'yellow' },
      'Replica shards have been missing for ten minutes: losing a node would lose documents.',
    ),
    silent('yellow while a node starts', { [color('yellow')]: '1x3 stale', [color('green')]: '_x4 1x16' }, 15),
  ],
  ElasticsearchRed: [
    fires(
      'red',
      { [color('red')]: '1x9' },
      5,
      { ...health, color: 'red' },
      'Primary shards are missing: documents cannot be found or cannot be written.',
    ),
    silent('green', { [color('green')]: '1x9' }, 5),
  ],
  ElasticsearchDiskLow: [
    fires(
      'an eighth is free',
      disk(12.5),
      8,
      { name: 'es-0' },
      '12.5% of the disk of es-0 is free. Below 15 %, no new shards are allocated to it.',
    ),
    silent('half is free', disk(50), 8),
  ],
  ElasticsearchDiskCritical: [
    fires(
      'almost nothing is free',
      disk(8),
      8,
      { name: 'es-0' },
      '8% of the disk of es-0 is free. Below 10 %, shards move away; below 5 %, indices become read-only.',
    ),
    silent('an eighth is free', disk(12.5), 8),
  ],
  KafkaUnderReplicated: [
    fires(
      'copies are missing',
      {
        'kafka_server_replicamanager_underreplicatedpartitions{pod="a"}': '2x9',
        'kafka_server_replicamanager_underreplicatedpartitions{pod="b"}': '1x9',
      },
      8,
      {},
      '3 partitions have had too few in-sync replicas for five minutes.',
    ),
    silent('a broker starts', { 'kafka_server_replicamanager_underreplicatedpartitions{pod="a"}': '2x2 0x9' }, 8),
  ],
  StoreDown: [
    fires(
      'a store is down, which the PD that leads sees',
      { [stores('a', 'down')]: '1x9', [stores('a', 'disconnected')]: '0x9', [stores('b', 'down')]: '0x9' },
      5,
      {},
      'PD has not heard from 1 stores of TiKV for two minutes. With three copies the database goes on without one store; the loss of a second one stops it.',
    ),
    silent('a store starts again', { [stores('a', 'disconnected')]: '0 1 1 0x9' }, 5),
  ],
  StoreDiskLow: [
    fires(
      'a tenth is free',
      tikvDisk(10),
      8,
      { instance: 'tikv-0' },
      '10% of the volume of tikv-0 is free. Below 20 % PD moves no more data there.',
    ),
    silent('half is free', tikvDisk(50), 8),
  ],
  KafkaOfflinePartitions: [
    fires(
      'no broker has them',
      { 'kafka_controller_kafkacontroller_offlinepartitionscount{pod="a"}': '3x9' },
      5,
      {},
      '3 partitions have no leader: nobody can write to them or read from them.',
    ),
    silent('all have a leader', { 'kafka_controller_kafkacontroller_offlinepartitionscount{pod="a"}': '0x9' }, 5),
  ],
  VolumeFilling: [
    fires('a tenth is free', volume(10), 8, { persistentvolumeclaim: 'data-0' }, '10% of the volume data-0 is free.'),
    silent('half is free', volume(50), 8),
  ],
  OperatorDown: [
    fires(
      'a pod is not ready, and its metrics say so',
      operators({ 'tidb-controller-manager-x': 1, 'strimzi-cluster-operator-x': 0, 'release-elastic-operator-0': 1 }),
      15,
      { operator: 'Strimzi' },
      'No pod of Strimzi has been ready for ten minutes. What it manages keeps running, but nothing is repaired or changed.',
      'Strimzi does not run',
    ),
    fires(
      'there is no pod',
      operators({ 'tidb-controller-manager-x': 1, 'strimzi-cluster-operator-x': 1 }),
      15,
      { operator: 'ECK' },
      'No pod of ECK has been ready for ten minutes. What it manages keeps running, but nothing is repaired or changed.',
      'ECK does not run',
    ),
    silent(
      'all are ready',
      operators({ 'tidb-controller-manager-x': 1, 'strimzi-cluster-operator-x': 1, 'elastic-operator-0': 1 }),
      15,
    ),
    silent("the cluster's Prometheus does not answer", { 'up{job="cluster-prometheus"}': '0x20' }, 15),
  ],
  Watchdog: [
    fires(
      'always',
      { up: '1x9' },
      5,
      {},
      'This alert always fires. When it stops, Prometheus or Alertmanager is broken.',
    ),
  ],
  TargetDown: [
    fires(
      'a part does not answer',
      { 'up{job="tikv",instance="tikv:20180"}': '0x9' },
      5,
      { job: 'tikv', instance: 'tikv:20180' },
      'tikv at tikv:20180 has not answered Prometheus for two minutes.',
      'tikv does not answer',
    ),
    silent('one scrape failed', { 'up{job="tikv",instance="tikv:20180"}': '1 0 1x9' }, 5),
  ],
};

function stores(instance: string, state: string): string {
  return `pd_cluster_status{instance="${instance}",type="store_${state}_count"}`;
}

function tikvDisk(availableOfHundred: number): Readonly<Record<string, string>> {
  const series = (type: string) => `tikv_store_size_bytes{instance="tikv-0",type="${type}"}`;
  return { [series('available')]: `${availableOfHundred}x9`, [series('capacity')]: '100x9' };
}

function volume(availableOfHundred: number): Readonly<Record<string, string>> {
  const series = (what: string) => `kubelet_volume_stats_${what}_bytes{persistentvolumeclaim="data-0"}`;
  return { [series('available')]: `${availableOfHundred}x9`, [series('capacity')]: '100x9' };
}

function operators(readyByPod: Readonly<Record<string, number>>): Readonly<Record<string, string>> {
  const pods = Object.entries(readyByPod).map(([pod, ready]) => [
    `kube_pod_status_ready{condition="true",pod="${pod}"}`,
    `${ready}x20`,
  ]);
  return { 'up{job="cluster-prometheus"}': '1x20', ...Object.fromEntries(pods) };
}

function missing(number: string): string {
  return `${number} events of the last hour were counted more than five minutes ago and are still not acknowledged by Elasticsearch.`;
}

function shipped(type: string): string {
  return `filebeat_libbeat_output_events_total{type="${type}"}`;
}

function color(name: string): string {
  const labels = Object.entries({ ...health, color: name }).map(([label, value]) => `${label}="${value}"`);
  return `elasticsearch_cluster_health_status{${labels.join(',')}}`;
}

function disk(availableOfHundred: number): Readonly<Record<string, string>> {
  return {
    'elasticsearch_filesystem_data_available_bytes{name="es-0"}': `${availableOfHundred}x9`,
    'elasticsearch_filesystem_data_size_bytes{name="es-0"}': '100x9',
  };
}

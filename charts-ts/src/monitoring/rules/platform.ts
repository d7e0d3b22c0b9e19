import type { OperatorName } from '../../profile/operators.ts';
import type { Alert, AlertGroup } from './rule.ts';

/** Alerts about PD and TiKV. */
export const databaseAlerts: AlertGroup = {
  name: 'cdc-database',
  needs: ['pd', 'tikv'],
  alerts: [
    {
      alert: 'StoreDown',
      // Only the PD leader counts stores. The others report 0, or what they last saw as leader.
      expr: 'max(sum by (instance) (pd_cluster_status{type=~"store_(disconnected|unhealth|down)_count"})) > 0',
      for: '2m',
      severity: 'critical',
      summary: 'A TiKV store is down',
      description:
        'PD has not heard from {{ $value }} stores of TiKV for two minutes. With three copies the database goes on without one store; the loss of a second one stops it.',
    },
    {
      alert: 'StoreDiskLow',
      expr: 'sum by (instance) (tikv_store_size_bytes{type="available"}) / sum by (instance) (tikv_store_size_bytes{type="capacity"}) < 0.2',
      for: '5m',
      severity: 'warning',
      summary: 'The volume of a TiKV store is filling',
      description:
        '{{ $value | humanizePercentage }} of the volume of {{ $labels.instance }} is free. Below 20 % PD moves no more data there.',
    },
  ],
};

/** Alerts about Kafka's brokers that run Strimzi's metrics reporter. */
export const kafkaAlerts: AlertGroup = {
  name: 'cdc-kafka',
  needs: ['kafka'],
  alerts: [
    {
      alert: 'KafkaUnderReplicated',
      expr: 'sum(kafka_server_replicamanager_underreplicatedpartitions) > 0',
      for: '5m',
      severity: 'warning',
      summary: 'Kafka has under-replicated partitions',
      description: '{{ $value }} partitions have had too few in-sync replicas for five minutes.',
    },
    {
      alert: 'KafkaOfflinePartitions',
      expr: 'max(kafka_controller_kafkacontroller_offlinepartitionscount) > 0',
      for: '1m',
      severity: 'critical',
      summary: 'Kafka has partitions without a leader',
      description: '{{ $value }} partitions have no leader: nobody can write to them or read from them.',
    },
  ],
};

/** Alerts about anything that is scraped. */
export const targetAlerts: AlertGroup = {
  name: 'cdc-targets',
  needs: [],
  alerts: [
    {
      alert: 'TargetDown',
      expr: 'up == 0',
      for: '2m',
      severity: 'warning',
      summary: '{{ $labels.job }} does not answer',
      description: '{{ $labels.job }} at {{ $labels.instance }} has not answered Prometheus for two minutes.',
    },
  ],
};

/** Each operator's name, and its pods' name without that of the release that installed it. */
const operatorPods: Readonly<Partial<Record<OperatorName, readonly [operator: string, pod: string]>>> = {
  tidb: ['TiDB Operator', 'tidb-controller-manager'],
  strimzi: ['Strimzi', 'strimzi-cluster-operator'],
  elastic: ['ECK', 'elastic-operator'],
};

function podsOf(operators: readonly OperatorName[]) {
  return operators.map((name) => operatorPods[name]).filter((pods) => pods !== undefined);
}

const readyPods = (name: string) => `kube_pod_status_ready{condition="true",pod=~"(.+-)?${name}-.+"}`;

/** The series that `clusterAlerts` need from the cluster's Prometheus, as values of `match[]`. */
export function clusterSeries(namespace: string, operators: readonly OperatorName[]): readonly string[] {
  return [
    ...['available', 'capacity'].map((what) => `kubelet_volume_stats_${what}_bytes{namespace="${namespace}"}`),
    ...podsOf(operators).map(([, pod]) => readyPods(pod)),
  ];
}

/** Alerts that need the cluster's Prometheus: volumes as seen by kubelets, operators as seen by kube-state-metrics. */
export function clusterAlerts(operators: readonly OperatorName[]): AlertGroup {
  const pods = podsOf(operators);
  return {
    name: 'cdc-cluster',
    needs: ['cluster'],
    alerts: pods.length === 0 ? [volumeFilling] : [volumeFilling, operatorDown(pods)],
  };
}

const volumeFilling: Alert = {
  alert: 'VolumeFilling',
  expr: 'min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes) < 0.15',
  for: '5m',
  severity: 'warning',
  summary: 'A volume is filling',
  description: '{{ $value | humanizePercentage }} of the volume {{ $labels.persistentvolumeclaim }} is free.',
};

type OperatorPods = ReturnType<typeof podsOf>;

function operatorDown(pods: OperatorPods): Alert {
  return {
    alert: 'OperatorDown',
    // If the cluster's Prometheus does not answer, nothing is known; TargetDown reports that.
    expr: `(${pods.map(withoutReadyPod).join(' or ')}) and on () (up{job="cluster-prometheus"} == 1)`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $labels.operator }} does not run',
    description:
      'No pod of {{ $labels.operator }} has been ready for ten minutes. What it manages keeps running, but nothing is repaired or changed.',
  };
}

function withoutReadyPod([operator, pod]: OperatorPods[number]): string {
  return `label_replace((sum(${readyPods(pod)}) or vector(0)) == 0, "operator", "${operator}", "", "")`;
}

/** An alert that always fires: if it stops arriving outside, Prometheus or Alertmanager is down. */
export const heartbeat: AlertGroup = {
  name: 'cdc-heartbeat',
  needs: ['heartbeat'],
  alerts: [
    {
      alert: 'Watchdog',
      expr: 'vector(1)',
      for: '0m',
      severity: 'none',
      summary: 'Alerts are evaluated and sent',
      description: 'This alert always fires. When it stops, Prometheus or Alertmanager is broken.',
    },
  ],
};

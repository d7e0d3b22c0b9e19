import type { Profile } from './fields.ts';
import type { Rule } from './rule.ts';

const prometheusIsTheirs = 'must be left out, since Prometheus is external';

export function monitoringRules({
  prometheus,
  alertmanager,
  clusterPrometheus,
  grafana,
  elasticsearch,
  peers,
}: Profile): readonly Rule[] {
  const theirs = 'external' in prometheus;
  const asksOurs = !theirs || !('external' in elasticsearch);
  return [
    ['alertmanager', !theirs && alertmanager === undefined, 'must be set, since Prometheus is ours'],
    ['alertmanager', theirs && alertmanager !== undefined, `${prometheusIsTheirs}: alerts go to its Alertmanager`],
    ['clusterPrometheus', theirs && clusterPrometheus !== undefined, prometheusIsTheirs],
    ['peers.prometheus', theirs && peers.prometheus.length > 0, prometheusIsTheirs],
    ['peers.grafana', 'external' in grafana && peers.grafana.length > 0, 'must be left out, since Grafana is external'],
    [
      'grafana.external.peers',
      'external' in grafana && asksOurs && grafana.external.peers.length === 0,
      "must name Grafana's pods, which ask what is not external",
    ],
  ];
}

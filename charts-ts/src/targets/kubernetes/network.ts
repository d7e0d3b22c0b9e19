import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { elasticsearchPods, installIndexTemplatesJob } from '../../elastic/facts.ts';
import { labels, selectorLabels } from '../../kit/kubernetes/metadata.ts';
import { systems } from '../../pipeline.ts';
import type { Profile } from '../../profile.ts';
import { ticdcOperatorPort, ticdcPods } from '../../ticdc/facts.ts';
import { tidbClusterPods, tidbComponentPods } from '../../tidb/facts.ts';
import { startChangefeed } from './changefeed.ts';

type Labels = Readonly<Record<string, string>>;

/** One way into a system: who may take it, and to which ports. */
interface Way {
  /** `anyone` where people come from outside the cluster. */
  readonly from: readonly Labels[] | 'anyone';
  /** None means all of them. */
  readonly ports: readonly number[];
}

/** Port of the gossip between Alertmanagers. */
const gossip = 9094;

const databasePods = tidbComponentPods('tidb');
const tidbOperator = selectorLabels('tidb-controller-manager');
const eckOperator = selectorLabels('elastic-operator');
const startChangefeedJob = selectorLabels(startChangefeed);
const installTemplates = selectorLabels(installIndexTemplatesJob);
const prometheus = selectorLabels('prometheus');
const alertmanager = selectorLabels('alertmanager');
const grafana = selectorLabels('grafana');
const consumer = selectorLabels('consumer');
const jsonExporter = selectorLabels('json-exporter');

/** Who may reach Kafka: Strimzi makes the policies of its pods from them. */
export const kafkaClients: readonly Labels[] = [consumer, ticdcPods];

function ways(exposed: boolean): Readonly<Record<string, { readonly to: Labels; readonly ways: readonly Way[] }>> {
  const people = exposed ? ('anyone' as const) : [];
  const fromPrometheus = (port: number): Way => ({ from: [prometheus], ports: [port] });
  return {
    // Its parts talk to one another at many ports, and its operator asks each how it does.
    'tidb-cluster': { to: tidbClusterPods, ways: [{ from: [tidbClusterPods, tidbOperator], ports: [] }] },
    tidb: { to: databasePods, ways: [{ from: people, ports: [systems.tidb.sql] }] },
    'tidb-jobs': { to: databasePods, ways: [{ from: [startChangefeedJob], ports: [systems.tidb.sql] }] },
    'ticdc-jobs': { to: ticdcPods, ways: [{ from: [startChangefeedJob], ports: [ticdcOperatorPort] }] },
    'tidb-metrics': {
      to: tidbClusterPods,
      ways: [
        {
          from: [prometheus],
          ports: [systems.pd.client, systems.tikv.status, systems.tidb.status, ticdcOperatorPort],
        },
      ],
    },
    consumer: {
      to: consumer,
      ways: [fromPrometheus(systems.consumer.http), { from: [jsonExporter], ports: [systems.filebeat.status] }],
    },
    elasticsearch: {
      to: elasticsearchPods,
      ways: [
        { from: [elasticsearchPods], ports: [systems.elasticsearch.http, systems.elasticsearch.transport] },
        {
          from: [eckOperator, installTemplates, consumer, grafana, jsonExporter],
          ports: [systems.elasticsearch.http],
        },
      ],
    },
    'json-exporter': { to: jsonExporter, ways: [fromPrometheus(systems['json-exporter'].http)] },
    prometheus: {
      to: prometheus,
      ways: [
        { from: [prometheus, grafana], ports: [systems.prometheus.http] },
        { from: people, ports: [systems.prometheus.http] },
      ],
    },
    alertmanager: {
      to: alertmanager,
      ways: [fromPrometheus(systems.alertmanager.http), { from: [alertmanager], ports: [gossip] }],
    },
    grafana: {
      to: grafana,
      ways: [fromPrometheus(systems.grafana.http), { from: people, ports: [systems.grafana.http] }],
    },
  };
}

/** Nothing reaches a pod of the namespace but by a way that is named here, or by one that its operator makes. */
export function networkPolicies(scope: Construct, { namespace, nodePorts }: Profile): void {
  new k8s.KubeNetworkPolicy(scope, 'default-deny', {
    metadata: { name: 'default-deny', namespace, labels: labels('network', 'setup') },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  });
  for (const [name, { to, ways: all }] of Object.entries(ways(nodePorts))) {
    const ingress = all.filter(({ from }) => from.length > 0).map(rule);
    if (ingress.length === 0) continue;
    new k8s.KubeNetworkPolicy(scope, name, {
      metadata: { name: `to-${name}`, namespace, labels: labels(name, 'setup') },
      spec: { podSelector: { matchLabels: to }, policyTypes: ['Ingress'], ingress },
    });
  }
}

function rule({ from, ports }: Way): k8s.NetworkPolicyIngressRule {
  return {
    ...(from === 'anyone' ? {} : { from: from.map((matchLabels) => ({ podSelector: { matchLabels } })) }),
    ...(ports.length === 0 ? {} : { ports: ports.flatMap(portRules) }),
  };
}

/** Gossip between Alertmanagers uses both protocols. */
function portRules(port: number): k8s.NetworkPolicyPort[] {
  const protocols = port === gossip ? ['TCP', 'UDP'] : ['TCP'];
  return protocols.map((protocol) => ({ port: k8s.IntOrString.fromNumber(port), protocol }));
}

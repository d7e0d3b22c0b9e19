import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { elasticsearchPods, installIndexTemplatesJob } from '../../elastic/facts.ts';
import { labels, selectorLabels } from '../../kit/kubernetes/metadata.ts';
import { elasticOperatorName } from '../../operators/eck.ts';
import { tidbControllerName } from '../../operators/tidb-operator.ts';
import { systems } from '../../pipeline.ts';
import type { Profile } from '../../profile.ts';
import { ticdcOperatorPort, ticdcPods } from '../../ticdc/facts.ts';
import { tidbClusterPods, tidbComponentPods } from '../../tidb/facts.ts';
import { startChangefeedJob } from './changefeed.ts';

type Labels = Readonly<Record<string, string>>;

/** Who may reach a system, and at which ports. */
interface IngressRule {
  /** `anyone` where people come from outside the cluster. */
  readonly from: readonly Labels[] | 'anyone';
  /** None means all of them. */
  readonly ports: readonly number[];
}

/** The rules for the pods that have these labels. */
interface Ingress {
  readonly to: Labels;
  readonly rules: readonly IngressRule[];
}

/** Port of the gossip between Alertmanagers. */
const gossip = 9094;

const databasePods = tidbComponentPods('tidb');
const tidbOperator = selectorLabels(tidbControllerName);
const eckOperator = selectorLabels(elasticOperatorName);
const changefeedJob = selectorLabels(startChangefeedJob);
const indexTemplatesJob = selectorLabels(installIndexTemplatesJob);
const prometheus = selectorLabels('prometheus');
const alertmanager = selectorLabels('alertmanager');
const grafana = selectorLabels('grafana');
const consumer = selectorLabels('consumer');
const jsonExporter = selectorLabels('json-exporter');

/** Who may reach Kafka: Strimzi makes the policies of its pods from them. */
export const kafkaClients: readonly Labels[] = [consumer, ticdcPods];

/** @param exposed whether people come from outside the cluster */
function ingressByName(exposed: boolean): Readonly<Record<string, Ingress>> {
  const people = exposed ? ('anyone' as const) : [];
  const fromPrometheus = (port: number): IngressRule => ({ from: [prometheus], ports: [port] });
  return {
    // Its parts talk to one another at many ports, and its operator asks each how it does.
    'tidb-cluster': { to: tidbClusterPods, rules: [{ from: [tidbClusterPods, tidbOperator], ports: [] }] },
    tidb: { to: databasePods, rules: [{ from: people, ports: [systems.tidb.sql] }] },
    'tidb-jobs': { to: databasePods, rules: [{ from: [changefeedJob], ports: [systems.tidb.sql] }] },
    'ticdc-jobs': { to: ticdcPods, rules: [{ from: [changefeedJob], ports: [ticdcOperatorPort] }] },
    'tidb-metrics': {
      to: tidbClusterPods,
      rules: [
        {
          from: [prometheus],
          ports: [systems.pd.client, systems.tikv.status, systems.tidb.status, ticdcOperatorPort],
        },
      ],
    },
    consumer: {
      to: consumer,
      rules: [fromPrometheus(systems.consumer.http), { from: [jsonExporter], ports: [systems.filebeat.status] }],
    },
    elasticsearch: {
      to: elasticsearchPods,
      rules: [
        { from: [elasticsearchPods], ports: [systems.elasticsearch.http, systems.elasticsearch.transport] },
        {
          from: [eckOperator, indexTemplatesJob, consumer, grafana, jsonExporter],
          ports: [systems.elasticsearch.http],
        },
      ],
    },
    'json-exporter': { to: jsonExporter, rules: [fromPrometheus(systems['json-exporter'].http)] },
    prometheus: {
      to: prometheus,
      rules: [
        { from: [prometheus, grafana], ports: [systems.prometheus.http] },
        { from: people, ports: [systems.prometheus.http] },
      ],
    },
    alertmanager: {
      to: alertmanager,
      rules: [fromPrometheus(systems.alertmanager.http), { from: [alertmanager], ports: [gossip] }],
    },
    grafana: {
      to: grafana,
      rules: [fromPrometheus(systems.grafana.http), { from: people, ports: [systems.grafana.http] }],
    },
  };
}

/** Nothing reaches a pod of the namespace but by a rule that is named here, or by one that its operator makes. */
export function networkPolicies(scope: Construct, { namespace, nodePorts }: Profile): void {
  new k8s.KubeNetworkPolicy(scope, 'default-deny', {
    metadata: { name: 'default-deny', namespace, labels: labels('network', 'setup') },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  });
  for (const [name, { to, rules }] of Object.entries(ingressByName(nodePorts))) {
    const ingress = rules.filter(({ from }) => from.length > 0).map(renderRule);
    if (ingress.length === 0) continue;
    new k8s.KubeNetworkPolicy(scope, name, {
      metadata: { name: `to-${name}`, namespace, labels: labels(name, 'setup') },
      spec: { podSelector: { matchLabels: to }, policyTypes: ['Ingress'], ingress },
    });
  }
}

function renderRule({ from, ports }: IngressRule): k8s.NetworkPolicyIngressRule {
  return defined({
    from: from === 'anyone' ? undefined : from.map((matchLabels) => ({ podSelector: { matchLabels } })),
    ports: ports.length === 0 ? undefined : ports.flatMap(renderPort),
  });
}

/** Gossip between Alertmanagers uses both protocols. */
function renderPort(port: number): k8s.NetworkPolicyPort[] {
  const protocols = port === gossip ? ['TCP', 'UDP'] : ['TCP'];
  return protocols.map((protocol) => ({ port: k8s.IntOrString.fromNumber(port), protocol }));
}

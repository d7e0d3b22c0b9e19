import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { labels } from '../../kit/kubernetes/metadata.ts';
import type { Profile } from '../../profile/fields.ts';
import { type PodName, pods } from './flows.ts';

/**
 * Disruption budgets of systems whose operator creates none: at most one pod of each is evicted at a time. Strimzi and
 * ECK create those of Kafka and Elasticsearch. A single pod may always be evicted, so it needs no budget.
 */
export function disruptionBudgets(scope: Construct, { namespace, tidb, ...profile }: Profile): void {
  const { consumer, prometheus, alertmanager } = profile;
  const systems: Partial<Record<PodName, { replicas: number }>> = {
    ...('external' in tidb ? {} : tidb),
    consumer,
    ...('external' in prometheus ? {} : { prometheus }),
    ...defined({ alertmanager }),
  };
  for (const name of Object.keys(systems) as PodName[]) {
    if (systems[name]?.replicas === 1) continue;
    new k8s.KubePodDisruptionBudget(scope, name, {
      metadata: { name, namespace, labels: labels(name, 'setup') },
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: pods[name] } },
    });
  }
}

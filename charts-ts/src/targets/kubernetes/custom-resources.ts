import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { elasticsearch, elasticsearchKind } from '../../elastic/kubernetes.ts';
import { kafkaAccess } from '../../kafka/facts.ts';
import { kafkaKind, kafkaNodePoolKind, kafkaTopicKind, kafkaUserKind } from '../../kafka/kinds.ts';
import { kafkaResources } from '../../kafka/kubernetes.ts';
import { type CustomKind, type CustomResource, fileName } from '../../kit/kubernetes/custom-resource.ts';
import {
  alertmanager,
  alertmanagerKind,
  prometheus,
  prometheusKind,
  prometheusRule,
  prometheusRuleKind,
} from '../../monitoring/kubernetes.ts';
import {
  monitors,
  podMonitorKind,
  probeKind,
  scrapeConfigKind,
  serviceMonitorKind,
} from '../../monitoring/monitors.ts';
import type { Profile } from '../../profile/fields.ts';
import { backupSchedule, backupScheduleKind } from '../../tidb/backup.ts';
import { tidbCluster, tidbClusterKind } from '../../tidb/kubernetes.ts';
import { kafkaClients } from './flows.ts';

/** Every operator's kind of which we write resources. */
export const customKinds: readonly CustomKind[] = [
  tidbClusterKind,
  backupScheduleKind,
  kafkaKind,
  kafkaNodePoolKind,
  kafkaTopicKind,
  kafkaUserKind,
  elasticsearchKind,
  prometheusKind,
  alertmanagerKind,
  prometheusRuleKind,
  serviceMonitorKind,
  podMonitorKind,
  probeKind,
  scrapeConfigKind,
];

/** The custom resources of a profile, in the direction of the flow. */
export function customResources(profile: Profile): readonly CustomResource[] {
  const { tidb, kafka, elasticsearch: search, prometheus: watcher, alertmanager: told } = profile;
  return [
    ...('external' in tidb
      ? []
      : [tidbCluster(profile, tidb, kafkaAccess(profile).caSecret), ...backupSchedule(profile)]),
    ...('external' in kafka ? [] : kafkaResources(profile, kafka, kafkaClients(profile, kafka))),
    ...('external' in search ? [] : [elasticsearch(profile, search)]),
    ...('external' in watcher ? [] : [prometheus(profile, watcher)]),
    ...(told === undefined ? [] : [alertmanager(profile, told)]),
    prometheusRule(profile),
    ...monitors(profile),
  ];
}

/** Custom resources as plain objects, which `kubectl diff`, pruning and GitOps see. */
export class CustomResourcesChart extends Chart {
  constructor(scope: Construct, id: string, resources: readonly CustomResource[]) {
    super(scope, id);
    for (const resource of resources) {
      const { labels, ...metadata } = resource.metadata;
      new ApiObject(this, fileName(resource), { ...resource, metadata: { ...metadata, labels: { ...labels } } });
    }
  }
}

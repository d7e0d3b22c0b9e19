import { beatKind, elasticsearch, elasticsearchKind, filebeat } from '../elastic/resources.ts';
import { clusterCaSecret } from '../kafka/access.ts';
import { kafkaKind, kafkaNodePoolKind, kafkaResources, kafkaTopicKind, kafkaUserKind } from '../kafka/resources.ts';
import { monitors, podMonitorKind, probeKind, serviceMonitorKind } from '../monitoring/monitors.ts';
import {
  alertmanager,
  alertmanagerKind,
  prometheus,
  prometheusKind,
  prometheusRule,
  prometheusRuleKind,
} from '../monitoring/resources.ts';
import type { Profile } from '../profile.ts';
import { tidbCluster, tidbClusterKind } from '../tidb/resources.ts';
import type { CustomKind, CustomResource } from './custom-resource.ts';

/** Every kind of the operators whose resources we write. */
export const customKinds: readonly CustomKind[] = [
  tidbClusterKind,
  kafkaKind,
  kafkaNodePoolKind,
  kafkaTopicKind,
  kafkaUserKind,
  elasticsearchKind,
  beatKind,
  prometheusKind,
  alertmanagerKind,
  prometheusRuleKind,
  serviceMonitorKind,
  podMonitorKind,
  probeKind,
];

/** The custom resources of a profile, in the direction of the flow. */
export function customResources(profile: Profile): readonly CustomResource[] {
  const sinkCertificates = profile.kafka.authentication === 'scram' ? clusterCaSecret : undefined;
  return [
    tidbCluster(profile, sinkCertificates),
    ...kafkaResources(profile),
    elasticsearch(profile),
    filebeat(profile),
    prometheus(profile),
    alertmanager(profile),
    prometheusRule(profile),
    ...monitors(profile),
  ];
}

import { z } from 'zod';
import { elasticsearchAccess } from '../elastic/access.ts';
import { type CustomKind, type CustomResource, customResource } from '../kit/kubernetes/custom-resource.ts';
import { flag, labels, object, text } from '../kit/kubernetes/fields.ts';
import { instance, metadata, type ObjectMetadata, selectorLabels } from '../kit/kubernetes/metadata.ts';
import { address, systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import { neededOperators } from '../profile/operators.ts';
import { ticdcOperatorPort, ticdcPods } from '../ticdc/facts.ts';
import { tidbComponentPods } from '../tidb/facts.ts';
import { asksElasticsearch, kubernetesJobs } from './facts.ts';
import { keptMetrics } from './kept-metrics.ts';
import { clusterSeries } from './rules/platform.ts';
import { probeJobs, probePath, type ScrapeJobName, scrapeJobs } from './scrape.ts';

const monitoring = { group: 'monitoring.coreos.com', version: 'v1' } as const;
const relabeling = object({
  action: z.enum(['replace', 'keep']),
  sourceLabels: z.array(text).optional(),
  regex: text.optional(),
  replacement: text.optional(),
  targetLabel: text.optional(),
});
const endpoint = {
  port: text.optional(),
  path: text,
  relabelings: z.array(relabeling),
  metricRelabelings: z.array(relabeling).optional(),
};
const selector = object({ matchLabels: labels });

export const podMonitorKind = {
  ...monitoring,
  kind: 'PodMonitor',
  plural: 'podmonitors',
  spec: object({
    selector,
    podMetricsEndpoints: z.array(object({ ...endpoint, params: z.record(z.string(), z.array(text)).optional() })),
  }),
} satisfies CustomKind;

export const serviceMonitorKind = {
  ...monitoring,
  kind: 'ServiceMonitor',
  plural: 'servicemonitors',
  spec: object({ selector, endpoints: z.array(object(endpoint)) }),
} satisfies CustomKind;

export const probeKind = {
  ...monitoring,
  kind: 'Probe',
  plural: 'probes',
  spec: object({
    jobName: text,
    prober: object({ url: text, path: text }),
    module: text,
    targets: object({ staticConfig: object({ static: z.array(text) }) }),
  }),
} satisfies CustomKind;

export const scrapeConfigKind = {
  group: monitoring.group,
  version: 'v1alpha1',
  kind: 'ScrapeConfig',
  plural: 'scrapeconfigs',
  spec: object({
    jobName: text,
    metricsPath: text,
    honorLabels: flag,
    params: z.record(z.string(), z.array(text)),
    staticConfigs: z.array(object({ targets: z.array(text) })),
  }),
} satisfies CustomKind;

type Relabeling = z.input<typeof relabeling>;

/** Sets the label `job`, by which rules and dashboards identify a part, whatever the monitor's name. */
function jobLabel(job: ScrapeJobName): Relabeling {
  return { action: 'replace', targetLabel: 'job', replacement: job };
}

/** Drops metrics that nothing reads. */
function metricRelabelings(profile: Profile, job: ScrapeJobName): { readonly metricRelabelings?: Relabeling[] } {
  const names = keptMetrics(kubernetesJobs(profile))[job];
  if (names === undefined) return {};
  return { metricRelabelings: [{ action: 'keep', sourceLabels: ['__name__'], regex: names.join('|') }] };
}

/** Metadata of a monitor or of rules, with the labels by which Prometheus selects it. @param name @default the job's */
export function monitorMetadata({ namespace, prometheus }: Profile, job: string, name = job): ObjectMetadata {
  const meta = metadata(namespace, job, 'monitoring', name);
  const wanted = 'external' in prometheus ? prometheus.external.monitorLabels : {};
  return { ...meta, labels: { ...meta.labels, ...wanted } };
}

/** The JSON exporter's address as seen from Prometheus. */
function exporterAddress({ namespace, prometheus }: Profile): string {
  const { http } = systems['json-exporter'];
  return 'external' in prometheus ? `json-exporter.${namespace}.svc:${http}` : address('json-exporter', 'http');
}

/** A monitor for pods that expose metrics at the port with this name. */
function byPortName(profile: Profile, job: keyof typeof scrapeJobs, matchLabels: Record<string, string>, port: string) {
  return customResource(podMonitorKind, monitorMetadata(profile, job), {
    selector: { matchLabels },
    podMetricsEndpoints: [
      { port, path: scrapeJobs[job].path, relabelings: [jobLabel(job)], ...metricRelabelings(profile, job) },
    ],
  });
}

/** A monitor for a component of the TidbCluster. Not all name their metrics port, so the address is built here. */
function tidbComponent(
  profile: Profile,
  component: 'pd' | 'tikv' | 'tidb' | 'ticdc',
  pods: Readonly<Record<string, string>>,
  port: number,
): CustomResource {
  return customResource(podMonitorKind, monitorMetadata(profile, component), {
    selector: {
      matchLabels: { ...pods },
    },
    podMetricsEndpoints: [
      {
        path: scrapeJobs[component].path,
        relabelings: [
          { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_container_name'], regex: component },
          {
            action: 'replace',
            sourceLabels: ['__meta_kubernetes_pod_ip'],
            regex: '(.+)',
            replacement: `$1:${port}`,
            targetLabel: '__address__',
          },
          jobLabel(component),
        ],
        ...metricRelabelings(profile, component),
      },
    ],
  });
}

function consumerMonitor(profile: Profile): CustomResource {
  return customResource(serviceMonitorKind, monitorMetadata(profile, 'consumer'), {
    selector: { matchLabels: { ...selectorLabels('consumer') } },
    endpoints: [{ port: 'http', path: scrapeJobs.consumer.path, relabelings: [jobLabel('consumer')] }],
  });
}

/** The Filebeat in each consumer pod answers in JSON, so it is scraped through the exporter. */
function filebeatMonitor(profile: Profile): CustomResource {
  const [{ module, path }] = probeJobs.filebeat;
  return customResource(podMonitorKind, monitorMetadata(profile, 'filebeat'), {
    selector: { matchLabels: { ...selectorLabels('consumer') } },
    podMetricsEndpoints: [
      {
        port: 'status',
        path: probePath,
        params: { module: [module] },
        relabelings: [
          {
            action: 'replace',
            sourceLabels: ['__address__'],
            regex: '(.+)',
            replacement: `http://$1${path}`,
            targetLabel: '__param_target',
          },
          { action: 'replace', sourceLabels: ['__param_target'], targetLabel: 'instance' },
          { action: 'replace', targetLabel: '__address__', replacement: exporterAddress(profile) },
          jobLabel('filebeat'),
        ],
      },
    ],
  });
}

function elasticsearchProbes(profile: Profile): readonly CustomResource[] {
  if (!asksElasticsearch(profile)) return [];
  const { url } = elasticsearchAccess(profile);
  return probeJobs.elasticsearch.map(({ module, path }) =>
    customResource(
      probeKind,
      { ...monitorMetadata(profile, 'elasticsearch'), name: module.replaceAll('_', '-') },
      {
        jobName: 'elasticsearch',
        prober: { url: exporterAddress(profile), path: probePath },
        module,
        targets: { staticConfig: { static: [`${url}${path}`] } },
      },
    ),
  );
}

/** Federates from the cluster's Prometheus the series that rules need and ours cannot scrape. */
function clusterPrometheus(profile: Profile): readonly CustomResource[] {
  const { namespace, clusterPrometheus: address } = profile;
  if (address === undefined) return [];
  return [
    customResource(scrapeConfigKind, monitorMetadata(profile, 'cluster-prometheus'), {
      jobName: 'cluster-prometheus',
      metricsPath: '/federate',
      honorLabels: true,
      params: { 'match[]': [...clusterSeries(namespace, neededOperators(profile))] },
      staticConfigs: [{ targets: [address] }],
    }),
  ];
}

/** All monitors of a profile. */
export function monitors(profile: Profile): readonly CustomResource[] {
  const { tidb, kafka, prometheus, grafana } = profile;
  const ofOurOwn = (job: keyof typeof scrapeJobs, port: string) =>
    byPortName(profile, job, { ...selectorLabels(job) }, port);
  return [
    ...('external' in tidb ? [] : tidbMonitors(profile)),
    ...('external' in kafka ? [] : [kafkaMonitor(profile)]),
    consumerMonitor(profile),
    ...elasticsearchProbes(profile),
    filebeatMonitor(profile),
    ...('external' in prometheus ? [] : [ofOurOwn('prometheus', 'web'), ofOurOwn('alertmanager', 'web')]),
    ...('external' in grafana ? [] : [ofOurOwn('grafana', 'http')]),
    ofOurOwn('json-exporter', 'http'),
    ...clusterPrometheus(profile),
  ];
}

function tidbMonitors(profile: Profile): readonly CustomResource[] {
  return [
    tidbComponent(profile, 'pd', tidbComponentPods('pd'), systems.pd.client),
    tidbComponent(profile, 'tikv', tidbComponentPods('tikv'), systems.tikv.status),
    tidbComponent(profile, 'tidb', tidbComponentPods('tidb'), systems.tidb.status),
    tidbComponent(profile, 'ticdc', ticdcPods, ticdcOperatorPort),
  ];
}

function kafkaMonitor(profile: Profile): CustomResource {
  const pods = { 'strimzi.io/cluster': instance, 'strimzi.io/kind': 'Kafka' };
  return byPortName(profile, 'kafka', pods, 'tcp-prometheus');
}

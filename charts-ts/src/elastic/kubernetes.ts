import type { installIndexTemplateSettings } from '@tidb-cdc/jobs/install-index-template';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { z } from 'zod';
import type { Code } from '../kit/kubernetes/code.ts';
import { type CustomKind, type CustomResource, customResource } from '../kit/kubernetes/custom-resource.ts';
import { count, object, quantities, settings, text } from '../kit/kubernetes/fields.ts';
import { job, jobFiles, type Step } from '../kit/kubernetes/job.ts';
import { base64, instance, metadata } from '../kit/kubernetes/metadata.ts';
import {
  mebibytes,
  plainResources,
  restrictedContainer,
  type SettingsOf,
  spreadConstraints,
} from '../kit/kubernetes/pod.ts';
import { version } from '../kit/versions.ts';
import { renderYaml } from '../kit/yaml.ts';
import { systems } from '../pipeline.ts';
import type { Profile } from '../profile.ts';
import { containerLogsConfig, filebeatCaFolder, podLogsFolder } from './container-logs.ts';
import {
  autoCreatedIndices,
  elasticsearchPods,
  elasticsearchUrls,
  elasticsearchUsers,
  httpCaSecret,
  installIndexTemplatesJob,
  kubernetesRoles,
  rolesSecret,
  superuser,
  userSecret,
} from './facts.ts';
import { filebeatEnvironment } from './filebeat.ts';
import { type IndexTemplates, indexTemplates, logIndexTemplate } from './index-template.ts';

const jobCaFolder = '/etc/elasticsearch-ca';

const secretName = z.array(object({ secretName: text }));

export const elasticsearchKind = {
  group: 'elasticsearch.k8s.elastic.co',
  version: 'v1',
  kind: 'Elasticsearch',
  plural: 'elasticsearches',
  spec: object({
    version: text,
    auth: object({ fileRealm: secretName, roles: secretName }),
    volumeClaimDeletePolicy: z.enum(['DeleteOnScaledownOnly', 'DeleteOnScaledownAndClusterDeletion']),
    nodeSets: z.array(
      object({
        name: text,
        count,
        config: settings,
        podTemplate: settings,
        volumeClaimTemplates: z.array(
          object({
            metadata: object({ name: text }),
            spec: object({
              accessModes: z.array(text),
              storageClassName: text.optional(),
              resources: object({ requests: quantities }),
            }),
          }),
        ),
      }),
    ),
  }),
} satisfies CustomKind;

export const beatKind = {
  group: 'beat.k8s.elastic.co',
  version: 'v1beta1',
  kind: 'Beat',
  plural: 'beats',
  spec: object({
    type: text,
    version: text,
    config: settings,
    daemonSet: object({ podTemplate: settings }),
  }),
} satisfies CustomKind;

/** The nodes of Elasticsearch; each holds data and can be master. */
export function elasticsearch(profile: Profile): CustomResource {
  const { namespace, elasticsearch: size, storageClass, spread, keepVolumes } = profile;
  const container = {
    name: 'elasticsearch',
    env: [{ name: 'ES_JAVA_OPTS', value: `-Xms${size.heap} -Xmx${size.heap}` }],
    resources: plainResources(size),
  };
  return customResource(elasticsearchKind, metadata(namespace, 'elasticsearch', 'search', instance), {
    version: version('elasticsearch'),
    auth: {
      fileRealm: Object.values(elasticsearchUsers).map((user) => ({ secretName: userSecret(user) })),
      roles: [{ secretName: rolesSecret }],
    },
    volumeClaimDeletePolicy: keepVolumes ? 'DeleteOnScaledownOnly' : 'DeleteOnScaledownAndClusterDeletion',
    nodeSets: [
      {
        name: 'default',
        count: size.replicas,
        config: {
          // mmap needs a kernel setting that a node may lack, and changing it needs privileges.
          'node.store.allow_mmap': false,
          'xpack.ml.enabled': false,
          'action.auto_create_index': autoCreatedIndices,
          // The disk of a laptop is its owner's: a nearly full one would turn the indices read-only.
          'cluster.routing.allocation.disk.threshold_enabled': size.replicas === 1 ? false : undefined,
        },
        podTemplate: {
          spec: {
            automountServiceAccountToken: false,
            containers: [container],
            topologySpreadConstraints: spread ? spreadConstraints(elasticsearchPods) : undefined,
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'elasticsearch-data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: storageClass,
              resources: { requests: { storage: size.storage } },
            },
          },
        ],
      },
    ],
  });
}

/** Filebeat on each node. Root without a capability: the kubelet's log files belong to root, and are only read. */
export function filebeat(profile: Profile): CustomResource {
  const { namespace, filebeat: size } = profile;
  const { username, passwordVariable } = elasticsearchUsers.shipper;
  const memoryMiB = mebibytes(size.memoryLimit);
  const container = {
    name: 'filebeat',
    env: [
      ...Object.entries(filebeatEnvironment(memoryMiB)).map(([name, value]) => ({ name, value })),
      {
        name: passwordVariable,
        valueFrom: { secretKeyRef: { name: userSecret({ username }), key: 'password' } },
      },
    ],
    ports: [{ name: 'status', containerPort: systems.filebeat.status, protocol: 'TCP' }],
    resources: plainResources(size),
    securityContext: { ...restrictedContainer, runAsUser: 0 },
    volumeMounts: [
      { name: 'pod-logs', mountPath: podLogsFolder, readOnly: true },
      { name: 'elasticsearch-ca', mountPath: filebeatCaFolder, readOnly: true },
    ],
  };
  return customResource(beatKind, metadata(namespace, 'filebeat', 'search', instance), {
    type: 'filebeat',
    version: version('filebeat'),
    config: containerLogsConfig(namespace, memoryMiB),
    daemonSet: {
      podTemplate: {
        metadata: { labels: metadata(namespace, 'filebeat', 'search').labels },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
          // The consumer may run on any node.
          tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
          containers: [container],
          volumes: [
            { name: 'pod-logs', hostPath: { path: podLogsFolder } },
            { name: 'elasticsearch-ca', secret: { secretName: httpCaSecret } },
          ],
        },
      },
    },
  });
}

/** What Elasticsearch needs beside its resource: the users' roles, and the index templates of events and logs. */
export function elasticWorkloads(scope: Construct, profile: Profile, code: Code): void {
  const { namespace, elasticsearch, retention } = profile;
  // ECK reads roles from a Secret only; there is none in it.
  new k8s.KubeSecret(scope, 'roles', {
    metadata: metadata(namespace, 'elasticsearch', 'search', rolesSecret),
    data: { 'roles.yml': base64(renderYaml(kubernetesRoles())) },
  });
  const options = { replicas: elasticsearch.copies, retention: retention.documents };
  const events = indexTemplates(options);
  const installed: IndexTemplates = { ...events, templates: [...events.templates, logIndexTemplate(options)] };
  job(scope, {
    namespace,
    name: installIndexTemplatesJob,
    code,
    files: { 'index-templates.json': `${JSON.stringify(installed, null, 2)}\n` },
    secretFolders: { [httpCaSecret]: jobCaFolder },
    steps: [installIndexTemplate],
  });
}

const installIndexTemplate: Step = {
  program: 'install-index-template',
  environment: {
    ELASTICSEARCH_URL: elasticsearchUrls.kubernetes,
    ELASTICSEARCH_USERNAME: superuser.username,
    ELASTICSEARCH_PASSWORD: superuser.password,
    ELASTICSEARCH_CA_FILE: `${jobCaFolder}/ca.crt`,
    INDEX_TEMPLATE_FILE: `${jobFiles}/index-templates.json`,
  } satisfies SettingsOf<typeof installIndexTemplateSettings>,
};

import type { installIndexTemplateSettings } from '@tidb-cdc/jobs/install-index-template';
import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { renderJson } from '../kit/json.ts';
import type { ProgramCode } from '../kit/kubernetes/code.ts';
import { type CustomKind, type CustomResource, customResource } from '../kit/kubernetes/custom-resource.ts';
import { count, object, quantities, settings, text } from '../kit/kubernetes/fields.ts';
import { jobFilesFolder, programJob } from '../kit/kubernetes/job.ts';
import { annotated, instance, metadata, secretData } from '../kit/kubernetes/metadata.ts';
import {
  placed,
  pullSecrets,
  resourcesOfCustomResource,
  type SettingsOf,
  unprivilegedContainer,
} from '../kit/kubernetes/pod.ts';
import { image, version } from '../kit/versions.ts';
import { renderYaml } from '../kit/yaml.ts';
import { roleAnnotation } from '../profile/backup.ts';
import type { OwnElasticsearch } from '../profile/elasticsearch.ts';
import type { Profile } from '../profile/fields.ts';
import { elasticsearchAccess, elasticsearchLogin } from './access.ts';
import {
  autoCreatedIndices,
  elasticsearchPods,
  elasticsearchRoles,
  elasticsearchRolesSecret,
  elasticsearchUserSecret,
  elasticsearchUsers,
  installIndexTemplatesJob,
  maxShardsPerNode,
  writer,
} from './facts.ts';
import { indexTemplates } from './index-template.ts';
import { snapshotAccount, snapshotClient, snapshotKeys, snapshotRole, snapshots } from './snapshots.ts';

const secretName = z.array(object({ secretName: text }));

export const elasticsearchKind = {
  group: 'elasticsearch.k8s.elastic.co',
  version: 'v1',
  kind: 'Elasticsearch',
  plural: 'elasticsearches',
  spec: object({
    version: text,
    image: text.optional(),
    auth: object({ fileRealm: secretName, roles: secretName }),
    secureSettings: z
      .array(object({ secretName: text, entries: z.array(object({ key: text, path: text })) }))
      .optional(),
    volumeClaimDeletePolicy: z.enum(['DeleteOnScaledownOnly', 'DeleteOnScaledownAndClusterDeletion']),
    nodeSets: z.array(
      object({
        name: text,
        count,
        zoneAwareness: object({ topologyKey: text }).optional(),
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

/** The Elasticsearch cluster. Each node holds data and can become master. */
export function elasticsearch(profile: Profile, size: OwnElasticsearch): CustomResource {
  const { namespace, storageClass, spread, zoneKey, keepVolumes, backup } = profile;
  const role = backup && snapshotRole(backup);
  const container = {
    name: 'elasticsearch',
    env: [{ name: 'ES_JAVA_OPTS', value: `-Xms${size.heap} -Xmx${size.heap}` }, ...(role?.environment ?? [])],
    resources: resourcesOfCustomResource(size),
    securityContext: unprivilegedContainer,
    ...role?.container,
  };
  return customResource(elasticsearchKind, metadata(namespace, 'elasticsearch', 'search', instance), {
    version: version('elasticsearch'),
    // Our own ECK has the registry in its settings. An ECK that others installed does not, so the image is set here.
    image: profile.registry && image('elasticsearch', profile),
    auth: {
      fileRealm: Object.values(elasticsearchUsers).map((user) => ({ secretName: elasticsearchUserSecret(user) })),
      roles: [{ secretName: elasticsearchRolesSecret }],
    },
    secureSettings: backup && snapshotKeys(backup),
    volumeClaimDeletePolicy: keepVolumes ? 'DeleteOnScaledownOnly' : 'DeleteOnScaledownAndClusterDeletion',
    nodeSets: [
      {
        name: 'default',
        count: size.replicas,
        zoneAwareness: spread && zoneKey !== undefined ? { topologyKey: zoneKey } : undefined,
        config: {
          // mmap needs a kernel setting that a node may lack; changing it requires privileges.
          'node.store.allow_mmap': false,
          'xpack.ml.enabled': false,
          'cluster.max_shards_per_node': maxShardsPerNode,
          'action.auto_create_index': autoCreatedIndices,
          ...(backup && snapshotClient(backup)),
          // On a laptop others fill the disk too: a nearly full one would make the indices read-only.
          'cluster.routing.allocation.disk.threshold_enabled': size.replicas === 1 ? false : undefined,
        },
        podTemplate: {
          // ECK adds this field when it writes the node sets back; without it, every apply would see a change.
          metadata: {},
          spec: {
            automountServiceAccountToken: false,
            ...role?.pod,
            ...pullSecrets(profile),
            securityContext: { fsGroup: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [container],
            // ECK itself spreads pods, and the copies of a shard, over zones.
            ...placed({ ...profile, zoneKey: undefined }, elasticsearchPods),
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

/** What Elasticsearch needs besides its custom resource: the users' roles and the index templates. */
export function elasticWorkloads(scope: Construct, profile: Profile, code: ProgramCode): void {
  const { namespace, elasticsearch } = profile;
  const { url, ca } = elasticsearchAccess(profile);
  const { username, password } = elasticsearchLogin(profile, 'templates');
  if (!('external' in elasticsearch)) {
    if (profile.backup?.s3.role !== undefined) {
      new k8s.KubeServiceAccount(scope, 'account', {
        metadata: {
          ...metadata(namespace, 'elasticsearch', 'search', snapshotAccount),
          ...annotated(roleAnnotation(profile.backup.s3.role)),
        },
        automountServiceAccountToken: false,
      });
    }
    // ECK reads roles only from a Secret; this one contains nothing secret.
    new k8s.KubeSecret(scope, 'roles', {
      metadata: metadata(namespace, 'elasticsearch', 'search', elasticsearchRolesSecret),
      data: { 'roles.yml': secretData(renderYaml(elasticsearchRoles())) },
    });
  }
  const file = 'index-templates.json';
  programJob(scope, {
    namespace,
    name: installIndexTemplatesJob,
    code,
    files: { [file]: renderJson(installed(profile)) },
    secretFolders: ca === undefined ? {} : { [ca.secret]: ca.folder },
    steps: [
      {
        program: 'install-index-template',
        environment: {
          ELASTICSEARCH_URL: url,
          ELASTICSEARCH_USERNAME: username,
          ELASTICSEARCH_PASSWORD: password,
          ...defined({ ELASTICSEARCH_CA_FILE: ca?.file }),
          ...('external' in elasticsearch ? writerLogin(profile) : {}),
          INDEX_TEMPLATE_FILE: `${jobFilesFolder}/${file}`,
        } satisfies SettingsOf<typeof installIndexTemplateSettings>,
      },
    ],
  });
}

/** What the Job installs. It sets up no snapshots in an external Elasticsearch: those are its owner's business. */
function installed({ elasticsearch, retention, backup }: Profile) {
  const external = 'external' in elasticsearch;
  const { indexReplicas } = external ? elasticsearch.external : elasticsearch;
  return {
    ...indexTemplates({ replicas: indexReplicas, retention: retention.documents }),
    writer: external ? { indices: writer.indices } : writer,
    ...defined({ snapshots: external ? undefined : backup && snapshots(backup) }),
  };
}

/** Filebeat's own login: in an external Elasticsearch, no other user may check Filebeat's rights. */
function writerLogin(profile: Profile) {
  const { username, password } = elasticsearchLogin(profile, 'filebeat');
  return { ELASTICSEARCH_WRITER_USERNAME: username, ELASTICSEARCH_WRITER_PASSWORD: password };
}

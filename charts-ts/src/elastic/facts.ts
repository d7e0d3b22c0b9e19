import { instance } from '../kit/kubernetes/metadata.ts';
import { address, eventsAlias, rejectedIndex, systems } from '../pipeline.ts';
import type { Writer } from './index-template.ts';

/** Name of Elasticsearch's Service on Kubernetes. */
export const elasticsearchService = `${instance}-es-http`;

/** URLs of Elasticsearch; on Kubernetes with a certificate from ECK. */
export const elasticsearchUrls = {
  compose: `http://${address('elasticsearch', 'http')}`,
  kubernetes: `https://${elasticsearchService}:${systems.elasticsearch.http}`,
} as const;

/** The Secret with the certificate authority of Elasticsearch's HTTP under the key `ca.crt`. */
export const elasticsearchCaSecret = `${instance}-es-http-certs-public`;

/** The superuser, and its password on Kubernetes: in a Secret that ECK creates. */
export const elasticsearchSuperuser = {
  username: 'elastic',
  password: { secret: `${instance}-es-elastic-user`, key: 'elastic' },
};

/** The Secret with roles.yml. */
export const elasticsearchRolesSecret = 'elasticsearch-roles';

/** The Secret with a user's name, password and role. Created in the cluster; read by ECK and by the user's program. */
export function elasticsearchUserSecret({ username }: Pick<ElasticsearchUser, 'username'>): string {
  return `elasticsearch-user-${username}`;
}

/** Name of the Job that installs the index templates on Kubernetes; network policies let its pods in by this name. */
export const installIndexTemplatesJob = 'install-index-templates';

/** Labels of Elasticsearch's pods under ECK. */
export const elasticsearchPods = { 'elasticsearch.k8s.elastic.co/cluster-name': instance };

/** A user of Elasticsearch, with a role of the same name. */
export interface ElasticsearchUser {
  readonly username: string;
  /** Name of the environment variable that holds the password. */
  readonly passwordVariable: string;
  /** In the format of `roles.yml` and `PUT /_security/role`. */
  readonly role: {
    readonly cluster: readonly string[];
    readonly indices: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[];
  };
}

/** Elasticsearch's users besides its superuser, each with exactly the rights it needs. */
export const elasticsearchUsers = {
  /**
   * Adds documents to the indices of the commit days, which a day's first document creates from the index template, and
   * to the index of refused documents. One entry covers both, so that no role grants one without the other: if Filebeat
   * may write to neither, whole requests are refused and it retries; a document refused by both it would drop.
   */
  shipper: {
    username: 'filebeat',
    passwordVariable: 'FILEBEAT_PASSWORD',
    role: {
      cluster: ['monitor'],
      indices: [{ names: [`${eventsAlias}-*`], privileges: ['auto_configure', 'create_doc'] }],
    },
  },
  /** Reads the events. */
  dashboards: {
    username: 'grafana',
    passwordVariable: 'GRAFANA_ELASTICSEARCH_PASSWORD',
    role: { cluster: ['monitor'], indices: [{ names: [eventsAlias], privileges: ['read', 'view_index_metadata'] }] },
  },
  /** Reads the events and the refused documents. */
  console: {
    username: 'console',
    passwordVariable: 'ELASTICSEARCH_CONSOLE_PASSWORD',
    role: { cluster: [], indices: [{ names: [eventsAlias, rejectedIndex], privileges: ['read'] }] },
  },
  /** Can read cluster health, not documents. */
  monitor: {
    username: 'monitor',
    passwordVariable: 'ELASTICSEARCH_MONITOR_PASSWORD',
    role: { cluster: ['monitor'], indices: [] },
  },
} as const satisfies Readonly<Record<string, ElasticsearchUser>>;

/** Rights of the user that installs the index templates in an external Elasticsearch; in ours it is the superuser. */
export const templatesRole: ElasticsearchUser['role'] = {
  cluster: ['monitor', 'manage_ilm', 'manage_index_templates'],
  indices: [{ names: [eventsAlias], privileges: ['view_index_metadata'] }],
};

/** roles.yml as plain data: the users' roles by name. */
export function elasticsearchRoles(): Readonly<Record<string, ElasticsearchUser['role']>> {
  return Object.fromEntries(Object.values(elasticsearchUsers).map(({ username, role }) => [username, role]));
}

/**
 * `action.auto_create_index`: which indices a first document may create. A typing error must not create any other
 * index, above all none with the alias's name: no daily index could be created any more.
 */
export const autoCreatedIndices = [`-${eventsAlias}`, `+${eventsAlias}-*`].join();

/**
 * `cluster.max_shards_per_node`: a source with wrong commit times must not create indices until Elasticsearch runs out
 * of memory. A month of daily indices with replicas is a fifth of the limit. Documents for which no further index can
 * be created are kept as refused documents, with an alert.
 */
export const maxShardsPerNode = 300;

/** Filebeat's user with the rights it must have. */
export const writer: Writer = {
  username: elasticsearchUsers.shipper.username,
  indices: elasticsearchUsers.shipper.role.indices,
};

export interface ElasticsearchOptions {
  /** Address to listen on, for HTTP and transport. */
  readonly host: string;
  readonly httpPort: number;
  readonly transportPort: number;
  readonly dataDir: string;
  readonly logsDir: string;
}

/** elasticsearch.yml of a single node without security, for a target where only this machine reaches it. */
export function openElasticsearchSettings(options: ElasticsearchOptions): Readonly<Record<string, unknown>> {
  return { ...singleNodeSettings(options), 'xpack.security.enabled': false };
}

/**
 * elasticsearch.yml of a single node that requires a login. It has no TLS, because the target's network is inside one
 * machine.
 */
export function guardedElasticsearchSettings(options: ElasticsearchOptions): Readonly<Record<string, unknown>> {
  return {
    ...singleNodeSettings(options),
    'xpack.security.enabled': true,
    'xpack.security.http.ssl.enabled': false,
    'xpack.security.transport.ssl.enabled': false,
    // Enrolment lets further nodes and Kibana join, and creates certificates at the first start: not needed here.
    'xpack.security.enrollment.enabled': false,
    'xpack.ml.enabled': false,
    'cluster.max_shards_per_node': maxShardsPerNode,
  };
}

function singleNodeSettings(options: ElasticsearchOptions): Readonly<Record<string, unknown>> {
  return {
    'cluster.name': 'tidb-cdc',
    'node.name': 'elasticsearch',
    'path.data': options.dataDir,
    'path.logs': options.logsDir,
    'network.host': options.host,
    'http.port': options.httpPort,
    'transport.port': options.transportPort,
    'discovery.type': 'single-node',
    // mmap needs a kernel setting that laptops and containers often lack. A demo's indices are small.
    'node.store.allow_mmap': false,
    'action.auto_create_index': autoCreatedIndices,
    // Others fill this machine's disk too: a nearly full one would make the indices read-only.
    'cluster.routing.allocation.disk.threshold_enabled': false,
  };
}

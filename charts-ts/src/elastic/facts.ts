import { instance } from '../kit/kubernetes/metadata.ts';
import { address, eventsAlias, rejectedIndex, systems } from '../pipeline.ts';
import type { Writer } from './index-template.ts';

/** Name of Elasticsearch's Service on Kubernetes. */
export const elasticsearchService = `${instance}-es-http`;

/** Where Elasticsearch answers; on Kubernetes under ECK's own certificate. */
export const elasticsearchUrls = {
  compose: `http://${address('elasticsearch', 'http')}`,
  kubernetes: `https://${elasticsearchService}:${systems.elasticsearch.http}`,
} as const;

/** The Secret with the certificate authority of Elasticsearch's HTTP, at `ca.crt`. */
export const elasticsearchCaSecret = `${instance}-es-http-certs-public`;

/** The superuser, and where its password is on Kubernetes: in a Secret that ECK makes. */
export const elasticsearchSuperuser = {
  username: 'elastic',
  password: { secret: `${instance}-es-elastic-user`, key: 'elastic' },
};

/** The Secret with roles.yml. */
export const elasticsearchRolesSecret = 'elasticsearch-roles';

/** The Secret with a user's name, password and role: made in the cluster, read by ECK and by who logs in with it. */
export function elasticsearchUserSecret({ username }: Pick<ElasticsearchUser, 'username'>): string {
  return `elasticsearch-user-${username}`;
}

/** Name of the Job that installs the index templates on Kubernetes, by which Elasticsearch lets it in. */
export const installIndexTemplatesJob = 'install-index-templates';

/** Labels of Elasticsearch's pods under ECK. */
export const elasticsearchPods = { 'elasticsearch.k8s.elastic.co/cluster-name': instance };

/** A user of Elasticsearch; its rights are a role of the same name. */
export interface ElasticsearchUser {
  readonly username: string;
  /** Name of the environment variable that holds the password. */
  readonly passwordVariable: string;
  /** As `roles.yml` and `PUT /_security/role` take it. */
  readonly role: {
    readonly cluster: readonly string[];
    readonly indices: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[];
  };
}

/** Elasticsearch's users beside its superuser, each with exactly the rights it needs. */
export const elasticsearchUsers = {
  /**
   * Adds documents to the indices of the commit days, which the index template makes at a day's first one, and to the
   * index of what was refused. In one entry, so that no role grants one without the other: whoever may write to neither
   * has whole requests refused, which Filebeat tries again; a single document refused by both it would drop.
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
  /** Reads the events, and what was refused. */
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

/** Rights of who installs the index templates in an Elasticsearch that is not ours; in ours the superuser does. */
export const templatesRole: ElasticsearchUser['role'] = {
  cluster: ['monitor', 'manage_ilm', 'manage_index_templates'],
  indices: [{ names: [eventsAlias], privileges: ['view_index_metadata'] }],
};

/** roles.yml as plain data: the users' roles by name. */
export function elasticsearchRoles(): Readonly<Record<string, ElasticsearchUser['role']>> {
  return Object.fromEntries(Object.values(elasticsearchUsers).map(({ username, role }) => [username, role]));
}

/**
 * `action.auto_create_index`: what a first document may create. A typing error must not create an index beside those of
 * the days, and above all none that has the alias's name: no index of a day could be made any more.
 */
export const autoCreatedIndices = [`-${eventsAlias}`, `+${eventsAlias}-*`].join();

/**
 * `cluster.max_shards_per_node`: a source that writes wrong commit times must not make an index for each of them until
 * Elasticsearch runs out of memory. A month of days with copies is a fifth of it. What has no index beyond that is put
 * aside as a refused document, with an alert.
 */
export const maxShardsPerNode = 300;

/** Filebeat's user with what it must be allowed to. */
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

/** elasticsearch.yml of a single node without security: for a target where only this machine reaches it. */
export function openElasticsearchSettings(options: ElasticsearchOptions): Readonly<Record<string, unknown>> {
  return { ...singleNodeSettings(options), 'xpack.security.enabled': false };
}

/**
 * elasticsearch.yml of a single node that answers nobody without a login. Without TLS: for a target whose network is
 * one machine's own.
 */
export function guardedElasticsearchSettings(options: ElasticsearchOptions): Readonly<Record<string, unknown>> {
  return {
    ...singleNodeSettings(options),
    'xpack.security.enabled': true,
    'xpack.security.http.ssl.enabled': false,
    'xpack.security.transport.ssl.enabled': false,
    // Enrolment is how further nodes and Kibana would join: it makes certificates at the first start.
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
    // mmap needs a kernel setting that laptops and containers often lack; a demo's indices are small.
    'node.store.allow_mmap': false,
    'action.auto_create_index': autoCreatedIndices,
    // A nearly full disk would turn the indices read-only for good on a machine that others share.
    'cluster.routing.allocation.disk.threshold_enabled': false,
  };
}

import { dataStream, rejectedIndex } from '../pipeline.ts';

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
  /** Adds documents to the events' data stream, which the index template makes at the first one. */
  shipper: {
    username: 'filebeat',
    passwordVariable: 'FILEBEAT_PASSWORD',
    role: {
      cluster: ['monitor'],
      indices: [
        { names: [dataStream], privileges: ['auto_configure', 'create_doc'] },
        { names: [rejectedIndex], privileges: ['auto_configure', 'index'] },
      ],
    },
  },
  /** Reads the events. */
  dashboards: {
    username: 'grafana',
    passwordVariable: 'GRAFANA_ELASTICSEARCH_PASSWORD',
    role: { cluster: ['monitor'], indices: [{ names: [dataStream], privileges: ['read', 'view_index_metadata'] }] },
  },
  /** Reads how the cluster does, and no document. */
  monitor: {
    username: 'monitor',
    passwordVariable: 'ELASTICSEARCH_MONITOR_PASSWORD',
    role: { cluster: ['monitor'], indices: [] },
  },
} as const satisfies Readonly<Record<string, ElasticsearchUser>>;

/** roles.yml as plain data: the users' roles by name. */
export function elasticsearchRoles(): Readonly<Record<string, ElasticsearchUser['role']>> {
  return Object.fromEntries(Object.values(elasticsearchUsers).map(({ username, role }) => [username, role]));
}

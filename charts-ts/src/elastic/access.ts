import { instance } from '../kubernetes/metadata.ts';
import { dataStream } from '../pipeline.ts';
import { logStream } from './index-template.ts';
import { type ElasticsearchUser, elasticsearchUsers } from './users.ts';

/** Where Elasticsearch answers in the namespace, under ECK's own certificate. */
export const elasticsearchHost = `${instance}-es-http`;
export const elasticsearchUrl = `https://${elasticsearchHost}:9200`;

/** The Secret with the certificate authority of Elasticsearch's HTTP, at `ca.crt`. */
export const httpCaSecret = `${instance}-es-http-certs-public`;

/** The Secret with the superuser's password, which ECK makes. */
export const superuser = { username: 'elastic', password: { secret: `${instance}-es-elastic-user`, key: 'elastic' } };

/** The Secret with roles.yml. */
export const rolesSecret = 'elasticsearch-roles';

/** The Secret with a user's name, password and role: made in the cluster, read by ECK and by who logs in with it. */
export function userSecret({ username }: Pick<ElasticsearchUser, 'username'>): string {
  return `elasticsearch-user-${username}`;
}

/** Labels of Elasticsearch's pods under ECK. */
export const elasticsearchPods = { 'elasticsearch.k8s.elastic.co/cluster-name': instance };

/** The users' roles. Filebeat also ships the consumer's own log here, into a data stream beside the events'. */
export function kubernetesRoles(): Readonly<Record<string, unknown>> {
  const entries = Object.values(elasticsearchUsers).map(({ username, role }) => {
    const indices = role.indices.map((index) => ({
      ...index,
      names: index.names.flatMap((name) => (name === dataStream ? [dataStream, logStream] : [name])),
    }));
    return [username, { ...role, indices }];
  });
  return Object.fromEntries(entries);
}

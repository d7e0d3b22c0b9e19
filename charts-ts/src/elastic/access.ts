import type { Environment } from '../kit/kubernetes/pod.ts';
import { type SecretFolder, type SecretLogin, secretLogin } from '../kit/kubernetes/secret.ts';
import type { ElasticsearchClient } from '../profile/elasticsearch.ts';
import { clientSecret } from '../profile/external.ts';
import type { Profile } from '../profile/fields.ts';
import {
  type ElasticsearchUser,
  elasticsearchCaSecret,
  elasticsearchSuperuser,
  elasticsearchUrls,
  elasticsearchUserSecret,
  elasticsearchUsers,
} from './facts.ts';

type ElasticsearchProfile = Pick<Profile, 'elasticsearch'>;

/** The folder in pods with Elasticsearch's certificate authority. */
const caFolder = '/etc/elasticsearch-ca';

/** How to reach Elasticsearch on Kubernetes, ours or external. */
export interface ElasticsearchAccess {
  readonly url: string;
  /** The certificate authority and the path of its file. @default a public one */
  readonly ca?: SecretFolder & { readonly file: string };
}

/** Elasticsearch's URL and certificate authority. */
export function elasticsearchAccess({ elasticsearch }: ElasticsearchProfile): ElasticsearchAccess {
  const { url, caSecret } =
    'external' in elasticsearch
      ? elasticsearch.external
      : { url: elasticsearchUrls.kubernetes, caSecret: elasticsearchCaSecret };
  if (caSecret === undefined) return { url };
  return { url, ca: { secret: caSecret, folder: caFolder, file: `${caFolder}/ca.crt` } };
}

/** Our own user of each client. */
const ownUsers: Readonly<Record<Exclude<ElasticsearchClient, 'templates'>, ElasticsearchUser>> = {
  filebeat: elasticsearchUsers.shipper,
  grafana: elasticsearchUsers.dashboards,
  console: elasticsearchUsers.console,
  monitor: elasticsearchUsers.monitor,
};

/** The login of a client. @throws Error if the profile names no Secret for it, which the profile's rules require */
export function elasticsearchLogin({ elasticsearch }: ElasticsearchProfile, client: ElasticsearchClient): SecretLogin {
  if ('external' in elasticsearch) {
    const secret = clientSecret(elasticsearch.external.secret, client);
    if (secret === undefined) throw new Error(`'elasticsearch.external.secret' must name the Secret of ${client}`);
    return secretLogin(secret);
  }
  if (client === 'templates') return elasticsearchSuperuser;
  const user = ownUsers[client];
  return { username: user.username, password: { secret: elasticsearchUserSecret(user), key: 'password' } };
}

/**
 * The login of a client whose configuration refers to environment variables.
 * @param reference renders such a reference
 */
export function loginByEnvironment(
  profile: ElasticsearchProfile,
  client: keyof typeof ownUsers,
  reference: (variable: string) => string,
): { readonly username: string; readonly passwordVariable: string; readonly environment: Environment } {
  const { username, password } = elasticsearchLogin(profile, client);
  const { passwordVariable } = ownUsers[client];
  const usernameVariable = passwordVariable.replace(/PASSWORD$/, 'USERNAME');
  const known = typeof username === 'string';
  return {
    username: known ? username : reference(usernameVariable),
    passwordVariable,
    environment: { ...(known ? {} : { [usernameVariable]: username }), [passwordVariable]: password },
  };
}

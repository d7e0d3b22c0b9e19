import type { Environment, SecretKey } from '../kit/kubernetes/pod.ts';
import { clientSecret, type ElasticsearchClient } from '../profile/elasticsearch.ts';
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

/** Where pods have the certificate authority of Elasticsearch. */
const caFolder = '/etc/elasticsearch-ca';

/** How Elasticsearch is reached on Kubernetes, whether it is ours or somebody else's. */
export interface ElasticsearchAccess {
  readonly url: string;
  /** The Secret with its certificate authority, the folder to mount it at, the file in there. @default a public one */
  readonly ca?: { readonly secret: string; readonly folder: string; readonly file: string };
}

export interface ElasticsearchLogin {
  /** The name, or where it is. */
  readonly username: string | SecretKey;
  readonly password: SecretKey;
}

/** Where Elasticsearch answers, and under whose certificate. */
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

/** As whom a client logs in. @throws Error where the profile names no Secret of it, which its rules ask for */
export function elasticsearchLogin(
  { elasticsearch }: ElasticsearchProfile,
  client: ElasticsearchClient,
): ElasticsearchLogin {
  if ('external' in elasticsearch) {
    const secret = clientSecret(elasticsearch.external, client);
    if (secret === undefined) throw new Error(`'elasticsearch.external.secret' must name the Secret of ${client}`);
    return { username: { secret, key: 'username' }, password: { secret, key: 'password' } };
  }
  if (client === 'templates') return elasticsearchSuperuser;
  const user = ownUsers[client];
  return { username: user.username, password: { secret: elasticsearchUserSecret(user), key: 'password' } };
}

/**
 * The login of a client whose configuration names variables of its environment.
 * @param reference how the configuration does that
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

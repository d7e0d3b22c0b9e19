import type { createSecretsSettings, SecretDefinition } from '@tidb-cdc/jobs/create-secrets';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { consoleLoginSecret, consoleUser } from '../../console/facts.ts';
import { elasticsearchUserSecret, elasticsearchUsers } from '../../elastic/facts.ts';
import { renderJson } from '../../kit/json.ts';
import type { ProgramCode } from '../../kit/kubernetes/code.ts';
import { jobFilesFolder, programJob } from '../../kit/kubernetes/job.ts';
import { labels, metadata } from '../../kit/kubernetes/metadata.ts';
import type { SettingsOf } from '../../kit/kubernetes/pod.ts';
import { grafanaAdminSecret } from '../../monitoring/facts.ts';
import { appUser } from '../../pipeline.ts';
import type { Profile } from '../../profile/fields.ts';
import { applicationSecret, tidbRootPassword } from '../../tidb/facts.ts';

const name = 'create-secrets';

/** A Secret with a user name and a generated password, under the keys `username` and `password`. */
function basicAuth(secret: string, values: Readonly<Record<string, string>>): SecretDefinition {
  return {
    name: secret,
    type: 'kubernetes.io/basic-auth',
    labels: { ...labels(secret, 'setup') },
    values: { ...values },
    generate: ['password'],
  };
}

const rootPassword: SecretDefinition = {
  name: tidbRootPassword.secret,
  type: 'Opaque',
  labels: { ...labels(tidbRootPassword.secret, 'setup') },
  values: {},
  generate: [tidbRootPassword.key],
};

/** ECK also reads the role from the Secret. */
const elasticsearchLogins = Object.values(elasticsearchUsers).map((user) =>
  basicAuth(elasticsearchUserSecret(user), { username: user.username, roles: user.username }),
);

/** All Secrets that neither an operator nor a person creates. */
const definitions = ({ console: page, tidb, demo, elasticsearch, grafana }: Profile): readonly SecretDefinition[] => [
  ...('external' in tidb && !demo ? [] : [basicAuth(applicationSecret, { username: appUser })]),
  ...('external' in grafana ? [] : [basicAuth(grafanaAdminSecret, { username: 'admin' })]),
  ...(page === undefined ? [] : [basicAuth(consoleLoginSecret, { username: consoleUser })]),
  ...('external' in tidb ? [] : [rootPassword]),
  ...('external' in elasticsearch ? [] : elasticsearchLogins),
];

/** A Job that creates the Secrets in the cluster, so no password is ever in a file. Its account can do nothing else. */
export function createSecrets(scope: Construct, profile: Profile, code: ProgramCode): void {
  const { namespace } = profile;
  const meta = metadata(namespace, name, 'setup');
  new k8s.KubeServiceAccount(scope, 'account', { metadata: meta, automountServiceAccountToken: false });
  new k8s.KubeRole(scope, 'role', {
    metadata: meta,
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }],
  });
  new k8s.KubeRoleBinding(scope, 'role-binding', {
    metadata: meta,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  programJob(scope, {
    namespace,
    name,
    code,
    account: name,
    files: { 'secrets.json': renderJson(definitions(profile)) },
    steps: [
      {
        program: 'create-secrets',
        environment: {
          SECRETS_FILE: `${jobFilesFolder}/secrets.json`,
          KUBERNETES_CA_FILE: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
        } satisfies SettingsOf<typeof createSecretsSettings>,
      },
    ],
  });
}

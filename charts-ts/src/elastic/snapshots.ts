import { defined } from '@tidb-cdc/runtime/defined';
import { dailyIndices, eventsAlias } from '../pipeline.ts';
import { backupTime } from '../profile/backup.ts';
import type { Profile } from '../profile/fields.ts';
import type { Named } from './index-template.ts';

/** Where and when Elasticsearch writes snapshots, as the job `install-index-template` reads it. */
export interface Snapshots {
  /** Body of `PUT /_snapshot/<name>`. */
  readonly repository: Named;
  /** Body of `PUT /_slm/policy/<name>`. */
  readonly policy: Named;
}

type Backup = NonNullable<Profile['backup']>;

/** A daily snapshot of the documents. It leaves out the templates, which are installed again. */
export function snapshots(backup: Backup): Snapshots {
  const { hour, minute } = backupTime(backup);
  const { bucket, prefix } = backup.s3;
  return {
    repository: {
      name: eventsAlias,
      body: { type: 's3', settings: { bucket, base_path: `${prefix}/elasticsearch` } },
    },
    policy: {
      name: eventsAlias,
      body: {
        name: `<${eventsAlias}-{now/d}>`,
        schedule: `0 ${minute} ${hour} * * ?`,
        repository: eventsAlias,
        config: { indices: [dailyIndices], include_global_state: false },
        retention: { expire_after: backup.keep, min_count: 1 },
      },
    },
  };
}

/** The nodes' S3 client, as settings in elasticsearch.yml. */
export function snapshotClient({ s3: { region, endpoint } }: Backup): Readonly<Record<string, string>> {
  const client = 's3.client.default';
  return { [`${client}.region`]: region, ...defined({ [`${client}.endpoint`]: endpoint }) };
}

/** The nodes' account, if they have an AWS role. */
export const snapshotAccount = 'elasticsearch';

/**
 * The fields of pod and container that give the nodes an AWS role. Elasticsearch reads the account's token only from
 * this path.
 */
export function snapshotRole({ s3: { role } }: Backup) {
  if (role === undefined) return { pod: {}, container: {}, environment: [] };
  const folder = '/usr/share/elasticsearch/config/repository-s3';
  const path = 'aws-web-identity-token-file';
  const serviceAccountToken = { audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path };
  return {
    pod: {
      serviceAccountName: snapshotAccount,
      volumes: [{ name: 'aws-token', projected: { sources: [{ serviceAccountToken }] } }],
    },
    container: { volumeMounts: [{ name: 'aws-token', mountPath: folder, readOnly: true }] },
    environment: [
      { name: 'AWS_ROLE_ARN', value: role },
      { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${folder}/${path}` },
    ],
  };
}

/** The client's keys, which belong in Elasticsearch's keystore. @returns undefined if it has a role instead */
export function snapshotKeys({ s3: { secret } }: Backup) {
  if (secret === undefined) return undefined;
  const entries = ['access_key', 'secret_key'].map((key) => ({ key, path: `s3.client.default.${key}` }));
  return [{ secretName: secret, entries }];
}

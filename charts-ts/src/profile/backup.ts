import { z } from 'zod';
import type { Profile } from './fields.ts';
import { days, flag, text } from './values.ts';

/** The annotation with which EKS gives the pods of a ServiceAccount an AWS role. */
export function roleAnnotation(role: string | undefined): Readonly<Record<string, string>> {
  return role === undefined ? {} : { 'eks.amazonaws.com/role-arn': role };
}

/** Daily backups of TiDB and Elasticsearch in a bucket of S3 or of a compatible store. */
export const backup = z.strictObject({
  s3: z.strictObject({
    /** TiDB Operator's name for it: aws, ceph, minio and others. */
    provider: text.default('aws'),
    bucket: text,
    prefix: text.regex(/^[^/](.*[^/])?$/, { error: 'must be a path without a slash at its ends' }),
    region: text,
    /** @default the endpoint of provider and region */
    endpoint: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
    /** Name of the Secret with `access_key` and `secret_key`, in the namespace and in the namespace of the backups. */
    secret: text.optional(),
    /** An AWS role instead of keys, for the ServiceAccounts of the pods that read and write the bucket. */
    role: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, { error: 'must be arn:aws:iam::<account>:role/<name>' })
      .optional(),
  }),
  /** Time of day, UTC. */
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 02:30' }),
  keep: days,
  /** Pauses TiDB's backups: a cluster into which a backup is restored must not write one. */
  paused: flag.default(false),
});

/**
 * The namespace of TiDB's backups. TiDB Operator gives the containers of their Jobs no security context, so Pod
 * Security's level `restricted` would refuse them.
 */
export function backupNamespace(namespace: string): string {
  return `${namespace}-backup`;
}

/** Whether TiDB is backed up here; an external one is not. */
export function backsUpTidb({ backup: wanted, tidb }: Pick<Profile, 'backup' | 'tidb'>): boolean {
  return wanted !== undefined && !('external' in tidb);
}

/** Hour and minute of the daily backup, UTC. */
export function backupTime({ at }: z.infer<typeof backup>) {
  const [hour, minute] = at.split(':').map(Number);
  return { hour, minute };
}

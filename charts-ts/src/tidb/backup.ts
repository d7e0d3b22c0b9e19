import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { type CustomKind, type CustomResource, customResource } from '../kit/kubernetes/custom-resource.ts';
import { count, flag, object, pullSecretsField, resources, text } from '../kit/kubernetes/fields.ts';
import { annotated, instance, metadata } from '../kit/kubernetes/metadata.ts';
import { pullSecrets, resourcesOfCustomResource } from '../kit/kubernetes/pod.ts';
import { image } from '../kit/versions.ts';
import { backupNamespace, backupTime, roleAnnotation } from '../profile/backup.ts';
import type { Profile } from '../profile/fields.ts';
import { dayHours } from '../profile/values.ts';
import { tikvAccount } from './facts.ts';

const template = object({
  backupMode: z.enum(['snapshot', 'log']),
  br: object({ cluster: text, clusterNamespace: text }),
  s3: object({
    provider: text,
    bucket: text,
    prefix: text,
    region: text,
    endpoint: text.optional(),
    secretName: text.optional(),
  }),
  serviceAccount: text,
  automountServiceAccountToken: flag,
  resources,
  cleanPolicy: z.enum(['Delete', 'Retain']),
  calcSizeLevel: text,
  toolImage: text.optional(),
  volumeBackupInitJobMaxActiveSeconds: count,
});

/** TiDB Operator's BackupSchedule: regular snapshots, and the log of all changes between them. */
export const backupScheduleKind = {
  group: 'pingcap.com',
  version: 'v1alpha1',
  kind: 'BackupSchedule',
  plural: 'backupschedules',
  spec: object({
    schedule: text,
    pause: flag.optional(),
    imagePullSecrets: pullSecretsField,
    maxReservedTime: z.string().regex(/^\d+h$/, { error: 'must be a number of hours such as 168h' }),
    backupTemplate: template,
    logBackupTemplate: template,
  }),
} satisfies CustomKind;

const account = 'tidb-backup-manager';

/** A daily snapshot of TiDB and the log of its changes: any moment since the oldest snapshot can be restored. */
export function backupSchedule(profile: Profile): readonly CustomResource[] {
  const { backup, namespace } = profile;
  if (backup === undefined) return [];
  const { hour, minute } = backupTime(backup);
  const { provider, bucket, prefix, region, endpoint, secret } = backup.s3;
  const shared = {
    br: { cluster: instance, clusterNamespace: namespace },
    s3: { provider, bucket, prefix: `${prefix}/tidb`, region, ...defined({ endpoint }), secretName: secret },
    serviceAccount: account,
    automountServiceAccountToken: true,
    resources: resourcesOfCustomResource({ cpu: '100m', memory: '512Mi', memoryLimit: '2Gi' }),
    // When an expired Backup is removed, its files go too.
    cleanPolicy: 'Delete',
    // TiDB Operator derives this image's name from TiKV's version alone, so a registry must be named here.
    toolImage: profile.registry && image('br', profile),
    // The upstream schema's defaults.
    calcSizeLevel: 'all',
    volumeBackupInitJobMaxActiveSeconds: 600,
  } as const;
  return [
    customResource(backupScheduleKind, metadata(backupNamespace(namespace), 'tidb-backup', 'database', instance), {
      schedule: `${minute} ${hour} * * *`,
      pause: backup.paused || undefined,
      ...pullSecrets(profile),
      maxReservedTime: `${dayHours(backup.keep)}h`,
      backupTemplate: { backupMode: 'snapshot', ...shared },
      logBackupTemplate: { backupMode: 'log', ...shared },
    }),
  ];
}

/**
 * The account and rights of the operator's Jobs for backup and restore: they report to their own resources. With an AWS
 * role, TiKV gets an account too, because TiKV writes most of the files.
 */
export function backupRights(scope: Construct, { namespace, backup }: Profile): void {
  const meta = metadata(backupNamespace(namespace), 'tidb-backup', 'database', account);
  const annotations = annotated(roleAnnotation(backup?.s3.role));
  new k8s.KubeServiceAccount(scope, 'account', {
    metadata: { ...meta, ...annotations },
    automountServiceAccountToken: false,
  });
  if (backup?.s3.role !== undefined) {
    new k8s.KubeServiceAccount(scope, 'tikv-account', {
      metadata: { ...metadata(namespace, 'tidb', 'database', tikvAccount), ...annotations },
      automountServiceAccountToken: false,
    });
  }
  new k8s.KubeRole(scope, 'role', {
    metadata: meta,
    rules: [
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
      {
        apiGroups: ['pingcap.com'],
        resources: ['backups', 'restores', 'compactbackups'],
        verbs: ['get', 'watch', 'list', 'update'],
      },
    ],
  });
  new k8s.KubeRoleBinding(scope, 'role-binding', {
    metadata: meta,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: meta.namespace }],
  });
}

import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/profile/fields.ts';
import { parseProfile } from '../../../src/profile.ts';
import { customResources } from '../../../src/targets/kubernetes/custom-resources.ts';
import { manifestsOf } from '../../support/manifests.ts';
import { kind, production } from '../../support/profiles.ts';

const s3 = {
  provider: 'minio',
  bucket: 'b',
  prefix: 'p',
  region: 'r',
  endpoint: 'https://s3.example.org',
  secret: 'k',
};
const profile: Profile = { ...production, backup: { s3, at: '02:05', keep: '14d', paused: false } };
const resources = customResources(profile);

function specOf(name: string): Readonly<Record<string, unknown>> {
  return resources.find((resource) => resource.kind === name)?.spec as Readonly<Record<string, unknown>>;
}

describe('backup of TiDB', () => {
  test('takes a snapshot each day, keeps the log of changes, and removes both when they are old', () => {
    const spec = specOf('BackupSchedule');
    const shared = {
      br: { cluster: 'cdc', clusterNamespace: 'cdc' },
      s3: { provider: 'minio', bucket: 'b', prefix: 'p/tidb', region: 'r', endpoint: s3.endpoint, secretName: 'k' },
      serviceAccount: 'tidb-backup-manager',
      cleanPolicy: 'Delete',
    };
    expect(spec).toMatchObject({
      schedule: '5 2 * * *',
      maxReservedTime: '336h',
      backupTemplate: { backupMode: 'snapshot', ...shared },
      logBackupTemplate: { backupMode: 'log', ...shared },
    });
  });

  test('can be paused, for a cluster into which a backup is restored', () => {
    const paused = customResources({ ...profile, backup: { s3, at: '02:05', keep: '14d', paused: true } });
    expect(paused.find((resource) => resource.kind === 'BackupSchedule')?.spec).toMatchObject({ pause: true });
    expect(specOf('BackupSchedule')).not.toHaveProperty('pause');
  });

  test('runs in a namespace of its own, whose Pod Security lets its Jobs in', () => {
    const schedule = resources.find((resource) => resource.kind === 'BackupSchedule');
    expect(schedule?.metadata.namespace).toBe('cdc-backup');
    const levels = manifestsOf(profile, 'namespace').map(({ metadata }) => [
      metadata.name,
      metadata.labels?.['pod-security.kubernetes.io/enforce'],
    ]);
    expect(levels).toEqual([
      ['cdc', 'restricted'],
      ['cdc-backup', 'baseline'],
    ]);
  });

  test('reaches PD and TiKV, and nothing else', () => {
    const policies = manifestsOf(profile, 'platform').filter((manifest) => manifest.kind === 'NetworkPolicy');
    const open = policies.filter((policy) => JSON.stringify(policy.spec).includes('cdc-backup'));
    expect(open.map(({ metadata }) => metadata.name).sort()).toEqual(['to-pd', 'to-tikv']);
  });
});

describe('snapshots of Elasticsearch', () => {
  test('go to the same bucket at the same time, with keys that are in no file', () => {
    const { secureSettings, nodeSets } = specOf('Elasticsearch');
    expect(secureSettings).toEqual([
      {
        secretName: 'k',
        entries: [
          { key: 'access_key', path: 's3.client.default.access_key' },
          { key: 'secret_key', path: 's3.client.default.secret_key' },
        ],
      },
    ]);
    const config = { 's3.client.default.region': 'r', 's3.client.default.endpoint': s3.endpoint };
    expect(nodeSets).toMatchObject([{ config }]);
    const files = manifestsOf(profile, 'platform').find(
      ({ kind: type, metadata }) => type === 'ConfigMap' && metadata.name === 'install-index-templates',
    );
    expect(JSON.parse(files?.data?.['index-templates.json'] ?? '{}')).toMatchObject({
      snapshots: {
        repository: {
          name: 'cdc-events',
          body: { type: 's3', settings: { bucket: 'b', base_path: 'p/elasticsearch' } },
        },
        policy: { name: 'cdc-events', body: { schedule: '0 5 2 * * ?', retention: { expire_after: '14d' } } },
      },
    });
  });
});

describe('with a role of AWS in the place of keys', () => {
  const role = 'arn:aws:iam::123456789012:role/tidb-cdc-backup';
  const { secret: _, endpoint: __, ...bucket } = s3;
  const text = JSON.stringify({ ...profile, backup: { ...profile.backup, s3: { ...bucket, provider: 'aws', role } } });
  const withRole = parseProfile(text, 'test.yaml');
  const manifests = manifestsOf(withRole);

  test('the accounts of those that read or write the bucket have it, and no other', () => {
    const accounts = manifests.filter(({ kind: type }) => type === 'ServiceAccount');
    const annotated = accounts.filter(({ metadata }) => JSON.stringify(metadata).includes(role));
    expect(annotated.map(({ metadata }) => metadata.name).sort()).toEqual([
      'elasticsearch',
      'tidb-backup-manager',
      'tikv',
    ]);
    expect(annotated[0]?.metadata).toMatchObject({ annotations: { 'eks.amazonaws.com/role-arn': role } });
  });

  test('they run as those accounts, without a Secret', () => {
    const spec = (type: string) => manifests.find((manifest) => manifest.kind === type)?.spec ?? {};
    expect(spec('TidbCluster')).toMatchObject({ tikv: { serviceAccount: 'tikv' } });
    expect(JSON.stringify(spec('BackupSchedule'))).not.toContain('secretName');
    const elasticsearch = spec('Elasticsearch');
    expect(elasticsearch).not.toHaveProperty('secureSettings');
    const token = '/usr/share/elasticsearch/config/repository-s3';
    expect(elasticsearch).toMatchObject({
      nodeSets: [
        {
          podTemplate: {
            spec: {
              serviceAccountName: 'elasticsearch',
              containers: [
                {
                  env: expect.arrayContaining([
                    { name: 'AWS_ROLE_ARN', value: role },
                    { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${token}/aws-web-identity-token-file` },
                  ]),
                  volumeMounts: [{ mountPath: token }],
                },
              ],
            },
          },
        },
      ],
    });
  });
});

test('a profile without backups has none of it', () => {
  const manifests = manifestsOf({ ...kind, programs: production.programs });
  const names = manifests.map((manifest) => manifest.metadata.name);
  expect(names.filter((name) => name.includes('backup') && !name.includes('pingcap.com'))).toEqual([]);
});

test.each([
  [{ at: '2:30' }, 'backup.at="2:30": must be a time of day such as 02:30'],
  [{ s3: { ...s3, prefix: '/p' } }, 'backup.s3.prefix="/p": must be a path without a slash at its ends'],
  [{ s3: { ...s3, secret: undefined } }, 'must name a Secret with keys (secret) or a role of AWS (role), one of them'],
  [{ s3: { ...s3, role: 'arn:aws:iam::123456789012:role/x' } }, 'must name a Secret with keys (secret) or a role'],
  [
    { s3: { ...s3, secret: undefined, role: 'admin' } },
    'backup.s3.role="admin": must be arn:aws:iam::<account>:role/<name>',
  ],
  [{ s3: { ...s3, endpoint: 's3' } }, 'backup.s3.endpoint="s3": must be an http or https URL'],
])('a profile with backup %o is refused', (wrong, message) => {
  const text = JSON.stringify({ ...profile, backup: { ...profile.backup, ...wrong } });
  expect(() => parseProfile(text, 'test.yaml')).toThrow(message);
});

test('backups need operators that watch their namespace', () => {
  const text = JSON.stringify({ ...profile, operators: 'install' });
  expect(() => parseProfile(text, 'test.yaml')).toThrow('needs operators: present');
});

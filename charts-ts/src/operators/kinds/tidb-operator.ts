import type { KindFacts } from './facts.ts';

/** Every kind that TiDB Operator v1.6.6 watches, as its own CRDs name them. */
export const tidbOperatorKinds = [
  {
    group: 'pingcap.com',
    kind: 'Backup',
    plural: 'backups',
    shortNames: ['bk'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'BackupSchedule',
    plural: 'backupschedules',
    shortNames: ['bks'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'CompactBackup',
    plural: 'compactbackups',
    shortNames: ['cpbk'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'DMCluster',
    plural: 'dmclusters',
    shortNames: ['dc'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'Restore',
    plural: 'restores',
    shortNames: ['rt'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'TidbCluster',
    plural: 'tidbclusters',
    shortNames: ['tc'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
        columns: [
          ['Ready', 'string', '.status.conditions[?(@.type=="Ready")].status'],
          ['PD', 'string', '.status.pd.image'],
          ['Storage', 'string', '.spec.pd.requests.storage'],
          ['Ready', 'integer', '.status.pd.statefulSet.readyReplicas'],
          ['Desire', 'integer', '.spec.pd.replicas'],
          ['TiKV', 'string', '.status.tikv.image'],
          ['Storage', 'string', '.spec.tikv.requests.storage'],
          ['Ready', 'integer', '.status.tikv.statefulSet.readyReplicas'],
          ['Desire', 'integer', '.spec.tikv.replicas'],
          ['TiDB', 'string', '.status.tidb.image'],
          ['Ready', 'integer', '.status.tidb.statefulSet.readyReplicas'],
          ['Desire', 'integer', '.spec.tidb.replicas'],
          ['Status', 'string', '.status.conditions[?(@.type=="Ready")].message', 1],
          ['Age', 'date', '.metadata.creationTimestamp'],
        ],
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'TidbDashboard',
    plural: 'tidbdashboards',
    shortNames: ['td'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
        subresources: {
          status: {},
        },
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'TidbInitializer',
    plural: 'tidbinitializers',
    shortNames: ['ti'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'TidbMonitor',
    plural: 'tidbmonitors',
    shortNames: ['tm'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
      },
    ],
  },
  {
    group: 'pingcap.com',
    kind: 'TidbNGMonitoring',
    plural: 'tidbngmonitorings',
    shortNames: ['tngm'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
        subresources: {
          status: {},
        },
      },
    ],
  },
] as const satisfies readonly KindFacts[];

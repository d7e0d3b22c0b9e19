import type { KindFacts } from './facts.ts';

/** Every kind that Strimzi 1.2.0 watches, as its own CRDs name them. */
export const strimziKinds = [
  {
    group: 'kafka.strimzi.io',
    kind: 'Kafka',
    plural: 'kafkas',
    shortNames: ['k'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
        },
        columns: [
          ['Ready', 'string', '.status.conditions[?(@.type=="Ready")].status'],
          ['Warnings', 'string', '.status.conditions[?(@.type=="Warning")].status'],
          ['Kafka version', 'string', '.status.kafkaVersion'],
          ['Metadata version', 'string', '.status.kafkaMetadataVersion'],
        ],
      },
    ],
  },
  {
    group: 'kafka.strimzi.io',
    kind: 'KafkaConnect',
    plural: 'kafkaconnects',
    shortNames: ['kc'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.labelSelector',
          },
        },
      },
    ],
  },
  {
    group: 'core.strimzi.io',
    kind: 'StrimziPodSet',
    plural: 'strimzipodsets',
    shortNames: ['sps'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
        },
      },
    ],
  },
  {
    group: 'kafka.strimzi.io',
    kind: 'KafkaTopic',
    plural: 'kafkatopics',
    shortNames: ['kt'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
        },
        columns: [
          ['Cluster', 'string', '.metadata.labels.strimzi\\.io/cluster'],
          ['Partitions', 'integer', '.spec.partitions'],
          ['Replication factor', 'integer', '.spec.replicas'],
          ['Ready', 'string', '.status.conditions[?(@.type=="Ready")].status'],
        ],
      },
    ],
  },
  {
    group: 'kafka.strimzi.io',
    kind: 'KafkaUser',
    plural: 'kafkausers',
    shortNames: ['ku'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
        },
        columns: [
          ['Cluster', 'string', '.metadata.labels.strimzi\\.io/cluster'],
          ['Authentication', 'string', '.spec.authentication.type'],
          ['Authorization', 'string', '.spec.authorization.type'],
          ['Ready', 'string', '.status.conditions[?(@.type=="Ready")].status'],
        ],
      },
    ],
  },
  {
    group: 'kafka.strimzi.io',
    kind: 'KafkaNodePool',
    plural: 'kafkanodepools',
    shortNames: ['knp'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.labelSelector',
          },
        },
        columns: [
          ['Desired replicas', 'integer', '.spec.replicas'],
          ['Roles', 'string', '.status.roles'],
          ['NodeIds', 'string', '.status.nodeIds'],
        ],
      },
    ],
  },
  {
    group: 'kafka.strimzi.io',
    kind: 'KafkaBridge',
    plural: 'kafkabridges',
    shortNames: ['kb'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.labelSelector',
          },
        },
      },
    ],
  },
  {
    group: 'kafka.strimzi.io',
    kind: 'KafkaConnector',
    plural: 'kafkaconnectors',
    shortNames: ['kctr'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.tasksMax',
            statusReplicasPath: '.status.tasksMax',
          },
        },
      },
    ],
  },
  {
    group: 'kafka.strimzi.io',
    kind: 'KafkaMirrorMaker2',
    plural: 'kafkamirrormaker2s',
    shortNames: ['kmm2'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.labelSelector',
          },
        },
      },
    ],
  },
  {
    group: 'kafka.strimzi.io',
    kind: 'KafkaRebalance',
    plural: 'kafkarebalances',
    shortNames: ['kr'],
    categories: ['strimzi'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
        },
      },
    ],
  },
] as const satisfies readonly KindFacts[];

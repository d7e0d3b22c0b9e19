import type { KindFacts } from './facts.ts';

/** Every kind that ECK 3.5.0 watches, as its own CRDs name them. */
export const eckKinds = [
  {
    group: 'agent.k8s.elastic.co',
    kind: 'Agent',
    plural: 'agents',
    shortNames: ['agent'],
    categories: ['elastic'],
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
    group: 'apm.k8s.elastic.co',
    kind: 'ApmServer',
    plural: 'apmservers',
    shortNames: ['apm'],
    categories: ['elastic'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.count',
            statusReplicasPath: '.status.count',
          },
          status: {},
        },
      },
      {
        name: 'v1beta1',
        subresources: {
          status: {},
        },
      },
      {
        name: 'v1alpha1',
        served: false,
      },
    ],
  },
  {
    group: 'autoops.k8s.elastic.co',
    kind: 'AutoOpsAgentPolicy',
    plural: 'autoopsagentpolicies',
    shortNames: ['aop'],
    categories: ['elastic'],
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
    group: 'beat.k8s.elastic.co',
    kind: 'Beat',
    plural: 'beats',
    shortNames: ['beat'],
    categories: ['elastic'],
    versions: [
      {
        name: 'v1beta1',
        storage: true,
        subresources: {
          status: {},
        },
        columns: [
          ['health', 'string', '.status.health'],
          ['available', 'integer', '.status.availableNodes'],
          ['expected', 'integer', '.status.expectedNodes'],
          ['type', 'string', '.spec.type'],
          ['version', 'string', '.status.version'],
          ['age', 'date', '.metadata.creationTimestamp'],
        ],
      },
    ],
  },
  {
    group: 'maps.k8s.elastic.co',
    kind: 'ElasticMapsServer',
    plural: 'elasticmapsservers',
    shortNames: ['ems'],
    categories: ['elastic'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.count',
            statusReplicasPath: '.status.count',
          },
          status: {},
        },
      },
    ],
  },
  {
    group: 'autoscaling.k8s.elastic.co',
    kind: 'ElasticsearchAutoscaler',
    plural: 'elasticsearchautoscalers',
    shortNames: ['esa'],
    categories: ['elastic'],
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
    group: 'elasticsearch.k8s.elastic.co',
    kind: 'Elasticsearch',
    plural: 'elasticsearches',
    shortNames: ['es'],
    categories: ['elastic'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          status: {},
        },
        columns: [
          ['health', 'string', '.status.health'],
          ['nodes', 'integer', '.status.availableNodes'],
          ['version', 'string', '.status.version'],
          ['phase', 'string', '.status.phase'],
          ['age', 'date', '.metadata.creationTimestamp'],
        ],
      },
      {
        name: 'v1beta1',
        subresources: {
          status: {},
        },
      },
      {
        name: 'v1alpha1',
        served: false,
      },
    ],
  },
  {
    group: 'enterprisesearch.k8s.elastic.co',
    kind: 'EnterpriseSearch',
    plural: 'enterprisesearches',
    shortNames: ['ent'],
    categories: ['elastic'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.count',
            statusReplicasPath: '.status.count',
          },
          status: {},
        },
      },
      {
        name: 'v1beta1',
        subresources: {
          status: {},
        },
      },
    ],
  },
  {
    group: 'kibana.k8s.elastic.co',
    kind: 'Kibana',
    plural: 'kibanas',
    shortNames: ['kb'],
    categories: ['elastic'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.count',
            statusReplicasPath: '.status.count',
          },
          status: {},
        },
      },
      {
        name: 'v1beta1',
        subresources: {
          status: {},
        },
      },
      {
        name: 'v1alpha1',
        served: false,
      },
    ],
  },
  {
    group: 'logstash.k8s.elastic.co',
    kind: 'Logstash',
    plural: 'logstashes',
    shortNames: ['ls'],
    categories: ['elastic'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.count',
            statusReplicasPath: '.status.expectedNodes',
          },
          status: {},
        },
      },
    ],
  },
  {
    group: 'packageregistry.k8s.elastic.co',
    kind: 'PackageRegistry',
    plural: 'packageregistries',
    shortNames: ['epr'],
    categories: ['elastic'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.count',
            statusReplicasPath: '.status.count',
          },
          status: {},
        },
      },
    ],
  },
  {
    group: 'stackconfigpolicy.k8s.elastic.co',
    kind: 'StackConfigPolicy',
    plural: 'stackconfigpolicies',
    shortNames: ['scp'],
    categories: ['elastic'],
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

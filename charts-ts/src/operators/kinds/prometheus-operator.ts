import type { KindFacts } from './facts.ts';

/** Every kind that Prometheus Operator v0.92.0 watches, as its own CRDs name them. */
export const prometheusOperatorKinds = [
  {
    group: 'monitoring.coreos.com',
    kind: 'AlertmanagerConfig',
    plural: 'alertmanagerconfigs',
    shortNames: ['amcfg'],
    categories: ['prometheus-operator'],
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
    group: 'monitoring.coreos.com',
    kind: 'Alertmanager',
    plural: 'alertmanagers',
    shortNames: ['am'],
    categories: ['prometheus-operator'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
          },
          status: {},
        },
        columns: [
          ['Version', 'string', '.spec.version'],
          ['Replicas', 'integer', '.spec.replicas'],
          ['Ready', 'integer', '.status.availableReplicas'],
          ['Reconciled', 'string', ".status.conditions[?(@.type == 'Reconciled')].status"],
          ['Available', 'string', ".status.conditions[?(@.type == 'Available')].status"],
          ['Age', 'date', '.metadata.creationTimestamp'],
          ['Paused', 'boolean', '.status.paused', 1],
        ],
      },
    ],
  },
  {
    group: 'monitoring.coreos.com',
    kind: 'PodMonitor',
    plural: 'podmonitors',
    shortNames: ['pmon'],
    categories: ['prometheus-operator'],
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
    group: 'monitoring.coreos.com',
    kind: 'Probe',
    plural: 'probes',
    shortNames: ['prb'],
    categories: ['prometheus-operator'],
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
    group: 'monitoring.coreos.com',
    kind: 'Prometheus',
    plural: 'prometheuses',
    shortNames: ['prom'],
    categories: ['prometheus-operator'],
    versions: [
      {
        name: 'v1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.shards',
            statusReplicasPath: '.status.shards',
          },
          status: {},
        },
        columns: [
          ['Version', 'string', '.spec.version'],
          ['Desired', 'integer', '.spec.replicas'],
          ['Ready', 'integer', '.status.availableReplicas'],
          ['Reconciled', 'string', ".status.conditions[?(@.type == 'Reconciled')].status"],
          ['Available', 'string', ".status.conditions[?(@.type == 'Available')].status"],
          ['Age', 'date', '.metadata.creationTimestamp'],
          ['Paused', 'boolean', '.status.paused', 1],
        ],
      },
    ],
  },
  {
    group: 'monitoring.coreos.com',
    kind: 'PrometheusAgent',
    plural: 'prometheusagents',
    shortNames: ['promagent'],
    categories: ['prometheus-operator'],
    versions: [
      {
        name: 'v1alpha1',
        storage: true,
        subresources: {
          scale: {
            labelSelectorPath: '.status.selector',
            specReplicasPath: '.spec.shards',
            statusReplicasPath: '.status.shards',
          },
          status: {},
        },
      },
    ],
  },
  {
    group: 'monitoring.coreos.com',
    kind: 'PrometheusRule',
    plural: 'prometheusrules',
    shortNames: ['promrule'],
    categories: ['prometheus-operator'],
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
    group: 'monitoring.coreos.com',
    kind: 'ScrapeConfig',
    plural: 'scrapeconfigs',
    shortNames: ['scfg'],
    categories: ['prometheus-operator'],
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
    group: 'monitoring.coreos.com',
    kind: 'ServiceMonitor',
    plural: 'servicemonitors',
    shortNames: ['smon'],
    categories: ['prometheus-operator'],
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
    group: 'monitoring.coreos.com',
    kind: 'ThanosRuler',
    plural: 'thanosrulers',
    shortNames: ['ruler'],
    categories: ['prometheus-operator'],
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

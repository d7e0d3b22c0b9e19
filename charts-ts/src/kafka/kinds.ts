import { z } from 'zod';
import type { CustomKind } from '../kit/kubernetes/custom-resource.ts';
import {
  containerSecurity,
  count,
  flag,
  labels,
  object,
  pullSecretsField,
  resources,
  settings,
  text,
} from '../kit/kubernetes/fields.ts';
import { networkPolicyPeer } from '../kit/kubernetes/network-peer.ts';

/** Strimzi's kinds, with the fields that we write. */

const strimzi = { group: 'kafka.strimzi.io', version: 'v1' } as const;
const javaHeap = object({ '-Xms': text.optional(), '-Xmx': text });
const container = object({ securityContext: containerSecurity });
const podTemplate = object({
  initContainer: container.optional(),
  kafkaContainer: container,
  pod: object({
    imagePullSecrets: pullSecretsField,
    priorityClassName: text.optional(),
    topologySpreadConstraints: z
      .array(
        object({
          maxSkew: count,
          topologyKey: text,
          whenUnsatisfiable: text,
          labelSelector: object({ matchLabels: labels }),
        }),
      )
      .optional(),
  }),
});

export const kafkaNodePoolKind = {
  ...strimzi,
  kind: 'KafkaNodePool',
  plural: 'kafkanodepools',
  spec: object({
    replicas: count,
    roles: z.array(z.enum(['controller', 'broker'])),
    storage: object({
      type: z.literal('jbod'),
      volumes: z.array(
        object({
          id: count,
          type: z.literal('persistent-claim'),
          size: text,
          class: text.optional(),
          deleteClaim: flag,
          kraftMetadata: z.literal('shared'),
        }),
      ),
    }),
    resources,
    jvmOptions: javaHeap,
    template: podTemplate,
  }),
} satisfies CustomKind;

const operatorOf = object({ image: text.optional(), resources, jvmOptions: javaHeap });

export const kafkaKind = {
  ...strimzi,
  kind: 'Kafka',
  plural: 'kafkas',
  spec: object({
    kafka: object({
      version: text,
      metadataVersion: text,
      image: text.optional(),
      brokerRackInitImage: text.optional(),
      listeners: z.array(
        object({
          name: text,
          port: count,
          type: z.literal('internal'),
          tls: flag,
          authentication: object({ type: z.literal('scram-sha-512') }).optional(),
          networkPolicyPeers: z.array(networkPolicyPeer),
        }),
      ),
      authorization: object({ type: z.literal('simple') }).optional(),
      rack: object({ topologyKey: text }).optional(),
      config: settings,
      metricsConfig: object({
        type: z.literal('strimziMetricsReporter'),
        values: object({ allowList: z.array(text) }),
      }),
    }),
    entityOperator: object({
      topicOperator: operatorOf,
      userOperator: operatorOf.optional(),
      template: object({
        pod: object({ imagePullSecrets: pullSecretsField }).optional(),
        topicOperatorContainer: container,
        userOperatorContainer: container.optional(),
      }),
    }),
  }),
} satisfies CustomKind;

export const kafkaTopicKind = {
  ...strimzi,
  kind: 'KafkaTopic',
  plural: 'kafkatopics',
  spec: object({ topicName: text, partitions: count, replicas: count, config: settings }),
} satisfies CustomKind;

export const kafkaUserKind = {
  ...strimzi,
  kind: 'KafkaUser',
  plural: 'kafkausers',
  spec: object({
    authentication: object({ type: z.literal('scram-sha-512') }),
    authorization: object({
      type: z.literal('simple'),
      acls: z.array(
        object({
          type: z.literal('allow'),
          host: text,
          resource: z.union([
            object({ type: z.enum(['topic', 'group']), name: text, patternType: z.literal('literal') }),
            object({ type: z.literal('cluster') }),
          ]),
          operations: z.array(z.enum(['Read', 'Write', 'Describe', 'DescribeConfigs'])),
        }),
      ),
    }),
  }),
} satisfies CustomKind;

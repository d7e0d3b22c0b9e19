import { type CustomResource, customResource } from '../kit/kubernetes/custom-resource.ts';
import { instance, metadata } from '../kit/kubernetes/metadata.ts';
import { renderPeer } from '../kit/kubernetes/network-peer.ts';
import { placed, pullSecrets, resourcesOfCustomResource, unprivilegedContainer } from '../kit/kubernetes/pod.ts';
import { image, kafkaMetadataVersion, strimziKafkaImage, version } from '../kit/versions.ts';
import { consumerGroup, deadLetterTopic, eventsTopic } from '../pipeline.ts';
import type { Peer } from '../profile/access.ts';
import type { Profile } from '../profile/fields.ts';
import type { OwnKafka } from '../profile/kafka.ts';
import { kafkaListener, kafkaUsers } from './facts.ts';
import { kafkaKind, kafkaNodePoolKind, kafkaTopicKind, kafkaUserKind } from './kinds.ts';
import { deadLetterHeadroom, defaultMaxMessageBytes, ownTopics, type Topic } from './topics.ts';

/** Pod Security's level `restricted`: Strimzi's default is `baseline`, although its images run as user 1001 anyway. */
const restricted = {
  securityContext: { ...unprivilegedContainer, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
};

/**
 * Strimzi's resources: brokers and controllers, their cluster, the topics, and the users if clients log in.
 * @param clients who may connect to the listener
 */
export function kafkaResources(profile: Profile, kafka: OwnKafka, clients: readonly Peer[]): readonly CustomResource[] {
  return [
    ...nodePools(profile, kafka),
    cluster(profile, kafka, clients),
    ...ownTopics(kafka, profile.retention.messages).map((topic) => kafkaTopic(profile, topic)),
    ...(kafka.authentication === 'scram' ? users(profile) : []),
  ];
}

/** Metadata with the label that assigns a resource to the Kafka cluster. */
function member({ namespace }: Profile, name: string) {
  const { labels: own, ...meta } = metadata(namespace, 'kafka', 'messaging', name);
  return { ...meta, labels: { ...own, 'strimzi.io/cluster': instance } };
}

/** Nodes that are both broker and controller, unless the profile has separate controllers. */
function nodePools(profile: Profile, { controllers, ...brokers }: OwnKafka): readonly CustomResource[] {
  return controllers === undefined
    ? [nodePool(profile, 'dual-role', ['controller', 'broker'], brokers)]
    : [nodePool(profile, 'controller', ['controller'], controllers), nodePool(profile, 'broker', ['broker'], brokers)];
}

type Role = 'controller' | 'broker';
type Nodes = NonNullable<OwnKafka['controllers']>;

function nodePool(profile: Profile, name: string, roles: Role[], nodes: Nodes): CustomResource {
  const { storageClass, keepVolumes } = profile;
  return customResource(kafkaNodePoolKind, member(profile, name), {
    replicas: nodes.replicas,
    roles,
    storage: {
      type: 'jbod',
      volumes: [
        {
          id: 0,
          type: 'persistent-claim',
          size: nodes.storage,
          class: storageClass,
          deleteClaim: !keepVolumes,
          kraftMetadata: 'shared',
        },
      ],
    },
    resources: resourcesOfCustomResource(nodes),
    jvmOptions: { '-Xms': nodes.heap, '-Xmx': nodes.heap },
    template: {
      // The init container reads the node's zone; it exists only with a zone key.
      initContainer: profile.zoneKey === undefined ? undefined : restricted,
      kafkaContainer: restricted,
      pod: {
        ...pullSecrets(profile),
        ...placed(profile, { 'strimzi.io/cluster': instance, 'strimzi.io/pool-name': name }),
      },
    },
  });
}

function cluster(profile: Profile, kafka: OwnKafka, clients: readonly Peer[]): CustomResource {
  const { replicationFactor, minInsyncReplicas, authentication } = kafka;
  const scram = authentication === 'scram';
  const largest = defaultMaxMessageBytes + deadLetterHeadroom;
  // Our own Strimzi has these images in its settings. A Strimzi that others installed does not, so they are set here.
  const ofRegistry = (reference: string) => (profile.registry === undefined ? undefined : reference);
  const operatorImage = ofRegistry(image('strimzi-operator', profile));
  const operator = {
    image: operatorImage,
    resources: resourcesOfCustomResource({ cpu: '50m', memory: '256Mi', memoryLimit: '256Mi' }),
    jvmOptions: { '-Xmx': '128m' },
  };
  return customResource(kafkaKind, metadata(profile.namespace, 'kafka', 'messaging', instance), {
    kafka: {
      version: version('kafka'),
      metadataVersion: kafkaMetadataVersion,
      image: ofRegistry(strimziKafkaImage(version('kafka'), profile)),
      brokerRackInitImage: operatorImage,
      listeners: [
        {
          ...kafkaListener(kafka),
          type: 'internal',
          authentication: scram ? { type: 'scram-sha-512' } : undefined,
          networkPolicyPeers: clients.map(renderPeer),
        },
      ],
      authorization: scram ? { type: 'simple' } : undefined,
      // The replicas of a partition go to brokers in different zones.
      rack: profile.spread && profile.zoneKey !== undefined ? { topologyKey: profile.zoneKey } : undefined,
      config: {
        'default.replication.factor': replicationFactor,
        'min.insync.replicas': minInsyncReplicas,
        'offsets.topic.replication.factor': replicationFactor,
        'transaction.state.log.replication.factor': replicationFactor,
        'transaction.state.log.min.isr': minInsyncReplicas,
        'share.coordinator.state.topic.replication.factor': replicationFactor,
        'share.coordinator.state.topic.min.isr': minInsyncReplicas,
        'auto.create.topics.enable': false,
        'message.max.bytes': largest,
        'replica.fetch.max.bytes': largest,
      },
      metricsConfig: {
        type: 'strimziMetricsReporter',
        values: { allowList: ['kafka_controller_kafkacontroller_.*', 'kafka_server_replicamanager_.*'] },
      },
    },
    entityOperator: {
      topicOperator: operator,
      userOperator: scram ? operator : undefined,
      template: {
        pod: profile.imagePullSecrets.length === 0 ? undefined : pullSecrets(profile),
        topicOperatorContainer: restricted,
        userOperatorContainer: scram ? restricted : undefined,
      },
    },
  });
}

function kafkaTopic(profile: Profile, { topic, partitions, replicationFactor, config }: Topic): CustomResource {
  return customResource(kafkaTopicKind, member(profile, topic), {
    topicName: topic,
    partitions,
    replicas: replicationFactor,
    config,
  });
}

type Operation = 'Read' | 'Write' | 'Describe' | 'DescribeConfigs';

const describeBrokers: Operation[] = ['DescribeConfigs'];

function allow(type: 'topic' | 'group', name: string, operations: Operation[]) {
  return {
    type: 'allow' as const,
    host: '*',
    resource: { type, name, patternType: 'literal' as const },
    operations,
  };
}

/** The console reads dead letters without a consumer group. Sending one again also writes a mark to their topic. */
function consoleRights(write: boolean) {
  if (!write) return [allow('topic', deadLetterTopic, ['Read', 'Describe'])];
  return [
    allow('topic', deadLetterTopic, ['Read', 'Write', 'Describe']),
    allow('topic', eventsTopic, ['Write', 'Describe']),
  ];
}

function users(profile: Profile): readonly CustomResource[] {
  const { console: page } = profile;
  const acls = {
    [kafkaUsers.consumer]: [
      allow('topic', eventsTopic, ['Read', 'Describe']),
      allow('topic', deadLetterTopic, ['Write', 'Describe']),
      allow('group', consumerGroup, ['Read', 'Describe']),
    ],
    // What TiCDC's documentation requires, except creating topics: the topic exists already.
    [kafkaUsers.ticdc]: [
      allow('topic', eventsTopic, ['Write', 'Describe', 'DescribeConfigs']),
      { type: 'allow' as const, host: '*', resource: { type: 'cluster' as const }, operations: describeBrokers },
    ],
    ...(page === undefined ? {} : { [kafkaUsers.console]: consoleRights(page.write) }),
  };
  return Object.entries(acls).map(([name, rights]) =>
    customResource(kafkaUserKind, member(profile, name), {
      authentication: { type: 'scram-sha-512' },
      authorization: { type: 'simple', acls: rights },
    }),
  );
}

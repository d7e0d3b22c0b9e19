import type { consumerSettings } from '@tidb-cdc/consumer/settings';
import { defined } from '@tidb-cdc/runtime/defined';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { credentialAnnotations, kafkaAccess, kafkaCa, kafkaLogin } from '../kafka/facts.ts';
import { nodeUser, type ProgramCode } from '../kit/kubernetes/code.ts';
import { metadata, selectorLabels } from '../kit/kubernetes/metadata.ts';
import {
  containerResources,
  type Environment,
  environmentVariables,
  httpProbe,
  mebibytes,
  placed,
  restrictedContainer,
  restrictedPod,
  type SettingsOf,
  unlessEmpty,
} from '../kit/kubernetes/pod.ts';
import { type SecretFolder, secretFolders, secretLogin } from '../kit/kubernetes/secret.ts';
import { type Sidecar, statefulSet } from '../kit/kubernetes/stateful-set.ts';
import { systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import { tidbHosts } from '../tidb/facts.ts';
import { eventLogFolder, eventLogVolume } from './facts.ts';

const name = 'consumer';
const databaseCaFolder = '/etc/database-ca';

/** Size of a segment of the event log. */
const segmentMiB = 64;

/** How long the consumer may take for a clean stop, in seconds. */
const shutdownSeconds = 10;

/**
 * The consumer: StatefulSet, headless Service, and autoscaler if the profile has one.
 * @param shipper ships the event log of its pod
 */
export function consumer(scope: Construct, profile: Profile, code: ProgramCode, shipper: Sidecar): void {
  const meta = metadata(profile.namespace, name, 'consumer');
  const { replicas, autoscaling } = profile.consumer;
  new k8s.KubeServiceAccount(scope, 'account', { metadata: meta, automountServiceAccountToken: false });
  statefulSet(scope, {
    metadata: meta,
    spec: {
      // An apply must not reset the autoscaler's number.
      ...defined({ replicas: autoscaling === undefined ? replicas : undefined }),
      serviceName: name,
      // The pods need not wait for each other.
      podManagementPolicy: 'Parallel',
      // What a pod had not shipped when it was scaled away is shipped by the next pod with its number.
      persistentVolumeClaimRetentionPolicy: {
        whenScaled: 'Retain',
        whenDeleted: profile.keepVolumes ? 'Retain' : 'Delete',
      },
      selector: { matchLabels: selectorLabels(name) },
      template: {
        metadata: {
          labels: meta.labels,
          annotations: { 'tidb-cdc/content': shipper.hash, ...credentialAnnotations(kafkaAccess(profile)) },
        },
        spec: pod(profile, code, shipper),
      },
    },
    sidecars: [shipper],
    claims: [{ name: eventLogVolume, storage: profile.consumer.storage, storageClass: profile.storageClass }],
  });
  new k8s.KubeService(scope, 'service', {
    metadata: meta,
    spec: {
      clusterIp: 'None',
      selector: selectorLabels(name),
      // The metrics of a consumer that is not ready say why.
      publishNotReadyAddresses: true,
      ports: [{ name: 'http', port: systems.consumer.http, targetPort: k8s.IntOrString.fromString('http') }],
    },
  });
  if (autoscaling !== undefined) autoscaler(scope, profile, autoscaling);
}

function pod(profile: Profile, code: ProgramCode, shipper: Sidecar): k8s.PodSpec {
  const { consumer: size } = profile;
  const certificates = secretFolders({ 'kafka-ca': kafkaCa(profile), 'database-ca': databaseCa(size) });
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // Consumer and Filebeat stop one after the other: time for both.
    terminationGracePeriodSeconds: shutdownSeconds + shipper.shutdownSeconds + 10,
    securityContext: restrictedPod(nodeUser),
    ...unlessEmpty('imagePullSecrets', code.imagePullSecrets),
    ...placed(profile, selectorLabels(name)),
    ...unlessEmpty('initContainers', code.initContainers),
    containers: [
      {
        name,
        image: code.image,
        imagePullPolicy: 'IfNotPresent',
        command: code.command(name),
        env: environmentVariables(settings(profile)),
        ports: [{ name: 'http', containerPort: systems.consumer.http }],
        // On the first start, Kafka is up minutes later.
        startupProbe: httpProbe('/livez', { periodSeconds: 10, failureThreshold: 90 }),
        livenessProbe: httpProbe('/livez', { periodSeconds: 10, failureThreshold: 3 }),
        readinessProbe: httpProbe('/readyz', { periodSeconds: 5 }),
        resources: containerResources(size),
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: eventLogVolume, mountPath: eventLogFolder, subPath: 'event-log' },
          ...code.volumeMounts,
          ...certificates.volumeMounts,
        ],
      },
    ],
    volumes: [...shipper.volumes, ...code.volumes, ...certificates.volumes],
  };
}

/** The consumer's settings. It keeps as many segments of the event log as fit on the volume. */
function settings(profile: Profile): Environment {
  const { storage, rowLookup } = profile.consumer;
  const kafka = kafkaAccess(profile);
  return {
    KAFKA_BROKERS: kafka.brokers,
    KAFKA_TOPICS: kafka.topic,
    KAFKA_GROUP_ID: kafka.consumerGroup,
    KAFKA_DEAD_LETTER_TOPIC: kafka.deadLetterTopic,
    KAFKA_PROTOCOL: 'auto',
    EVENT_LOG: `${eventLogFolder}/events.ndjson`,
    EVENT_LOG_ROTATE_BYTES: String(segmentMiB * 1024 * 1024),
    // A fifth is for the counts, Filebeat's read positions, and the batch that takes a segment beyond its size.
    EVENT_LOG_KEEP_FILES: String(Math.floor((mebibytes(storage) * 0.8) / segmentMiB)),
    SHUTDOWN_TIMEOUT_SECONDS: String(shutdownSeconds),
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: String(systems.consumer.http),
    ...kafkaLogin(kafka, 'consumer'),
    ...(rowLookup === undefined ? {} : lookupSettings(rowLookup)),
  } satisfies SettingsOf<typeof consumerSettings>;
}

/** The certificate authority of TiDB, if rows are read from it over an encrypted connection. */
function databaseCa({ rowLookup }: Profile['consumer']): SecretFolder | undefined {
  return rowLookup?.caSecret === undefined ? undefined : { secret: rowLookup.caSecret, folder: databaseCaFolder };
}

function lookupSettings({ host, port, secret, caSecret }: NonNullable<Profile['consumer']['rowLookup']>) {
  const { username, password } = secretLogin(secret);
  return {
    DATABASE_HOST: host ?? tidbHosts.kubernetes,
    DATABASE_PORT: String(port),
    DATABASE_USER: username,
    DATABASE_PASSWORD: password,
    ...(caSecret === undefined ? {} : { DATABASE_CA_FILE: `${databaseCaFolder}/ca.crt` }),
  };
}

type Autoscaling = NonNullable<Profile['consumer']['autoscaling']>;

function autoscaler(scope: Construct, profile: Profile, { maxReplicas, metric, target }: Autoscaling): void {
  new k8s.KubeHorizontalPodAutoscalerV2(scope, 'autoscaler', {
    metadata: metadata(profile.namespace, name, 'consumer'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name },
      minReplicas: profile.consumer.replicas,
      maxReplicas,
      metrics: [metric === 'cpu' ? byCpu(target) : byLag(target, kafkaAccess(profile).topic)],
      // Each change of the group stops consumption for a moment, so it shrinks slowly, one pod at a time.
      behavior: {
        scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 300 }] },
      },
    },
  });
}

/** Scales by the consumer's own CPU; Filebeat beside it scales along. */
function byCpu(averageUtilization: number): k8s.MetricSpecV2 {
  const target = { type: 'Utilization', averageUtilization };
  return { type: 'ContainerResource', containerResource: { name: 'cpu', container: name, target } };
}

function byLag(messages: number, topic: string): k8s.MetricSpecV2 {
  return {
    type: 'External',
    external: {
      metric: { name: 'cdc_consumer_lag', selector: { matchLabels: { topic } } },
      target: { type: 'AverageValue', averageValue: k8s.Quantity.fromNumber(messages) },
    },
  };
}

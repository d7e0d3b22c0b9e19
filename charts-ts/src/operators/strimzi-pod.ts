import { k8s } from 'cdk8s-plus-27';
import { type Environment, environmentVariables, pullSecrets, restrictedContainer } from '../kit/kubernetes/pod.ts';
import { image, strimziKafkaImage, version } from '../kit/versions.ts';
import type { Profile } from '../profile/fields.ts';

/** log4j2.properties of the operator: INFO to standard output; of Kafka's admin client only warnings and errors. */
export const log4j2 = [
  'name = COConfig',
  'monitorInterval = 30',
  '',
  'appender.console.type = Console',
  'appender.console.name = STDOUT',
  'appender.console.layout.type = PatternLayout',
  'appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss} %-5p %c{1}:%L - %m%n',
  '',
  `rootLogger.level = \${env:STRIMZI_LOG_LEVEL:-INFO}`,
  'rootLogger.appenderRefs = stdout',
  'rootLogger.appenderRef.console.ref = STDOUT',
  '',
  'logger.kafka.name = org.apache.kafka',
  'logger.kafka.level = WARN',
  'logger.netty.name = io.netty',
  'logger.netty.level = INFO',
  '',
].join('\n');

/** Every Kafka version that this Strimzi supports; ours is the newest. Strimzi starts only with an image for each. */
const kafkaVersions = ['4.2.0', '4.2.1', '4.3.0', version('kafka')];

function settings(profile: Profile): Environment {
  const newest = strimziKafkaImage(version('kafka'), profile);
  const kafkaImages = kafkaVersions.map((kafka) => `${kafka}=${strimziKafkaImage(kafka, profile)}\n`).join('');
  return {
    STRIMZI_FULL_RECONCILIATION_INTERVAL_MS: '120000',
    STRIMZI_OPERATION_TIMEOUT_MS: '300000',
    STRIMZI_DEFAULT_KAFKA_EXPORTER_IMAGE: newest,
    STRIMZI_DEFAULT_CRUISE_CONTROL_IMAGE: newest,
    STRIMZI_KAFKA_IMAGES: kafkaImages,
    STRIMZI_KAFKA_CONNECT_IMAGES: kafkaImages,
    STRIMZI_KAFKA_MIRROR_MAKER_2_IMAGES: kafkaImages,
    STRIMZI_DEFAULT_TOPIC_OPERATOR_IMAGE: image('strimzi-operator', profile),
    STRIMZI_DEFAULT_USER_OPERATOR_IMAGE: image('strimzi-operator', profile),
    STRIMZI_DEFAULT_KAFKA_INIT_IMAGE: image('strimzi-operator', profile),
    STRIMZI_DEFAULT_KAFKA_BRIDGE_IMAGE: image('strimzi-kafka-bridge', profile),
    STRIMZI_DEFAULT_KANIKO_EXECUTOR_IMAGE: image('strimzi-kaniko-executor', profile),
    STRIMZI_DEFAULT_BUILDAH_IMAGE: image('strimzi-buildah', profile),
    STRIMZI_DEFAULT_MAVEN_BUILDER: image('strimzi-maven-builder', profile),
    STRIMZI_FEATURE_GATES: '',
    STRIMZI_LEADER_ELECTION_ENABLED: 'true',
    STRIMZI_LEADER_ELECTION_LEASE_NAME: 'strimzi-cluster-operator',
  };
}

/** Environment variables from fields of the pod. */
const fromPod = {
  STRIMZI_NAMESPACE: 'metadata.namespace',
  STRIMZI_OPERATOR_NAMESPACE: 'metadata.namespace',
  STRIMZI_LEADER_ELECTION_LEASE_NAMESPACE: 'metadata.namespace',
  STRIMZI_LEADER_ELECTION_IDENTITY: 'metadata.name',
};

/** The operator's pod. @param name of its account and its settings */
export function strimziPod(name: string, profile: Profile): k8s.PodSpec {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    ...pullSecrets(profile),
    containers: [container(name, profile)],
    volumes: [
      apiAccess,
      {
        name: 'strimzi-tmp',
        emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') },
      },
      { name: 'co-config-volume', configMap: { name } },
    ],
  };
}

/** Includes the API server's defaults. An apply compares the whole list, so without them it would see a change. */
const apiAccess: k8s.Volume = {
  name: 'kube-api-access',
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardApi: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
};

function container(name: string, profile: Profile): k8s.Container {
  const probe = (path: string): k8s.Probe => ({
    httpGet: { path, port: k8s.IntOrString.fromString('http') },
    initialDelaySeconds: 10,
    periodSeconds: 30,
  });
  return {
    name,
    image: image('strimzi-operator', profile),
    imagePullPolicy: 'IfNotPresent',
    args: ['/opt/strimzi/bin/cluster_operator_run.sh'],
    ports: [{ name: 'http', containerPort: 8080 }],
    env: [
      ...environmentVariables(settings(profile)),
      ...Object.entries(fromPod).map(([variable, fieldPath]) => ({
        name: variable,
        valueFrom: { fieldRef: { fieldPath } },
      })),
    ],
    livenessProbe: probe('/healthy'),
    readinessProbe: probe('/ready'),
    resources: {
      requests: { cpu: k8s.Quantity.fromString('200m'), memory: k8s.Quantity.fromString('384Mi') },
      limits: { cpu: k8s.Quantity.fromString('1'), memory: k8s.Quantity.fromString('384Mi') },
    },
    securityContext: {
      ...restrictedContainer,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
      { name: 'strimzi-tmp', mountPath: '/tmp' },
      { name: 'co-config-volume', mountPath: '/opt/strimzi/custom-config/' },
    ],
  };
}

import type { createTopicSettings } from '@tidb-cdc/jobs/create-topic';
import type { External } from '../external-settings.ts';
import { bashCheck } from '../kit/compose/health.ts';
import { type JobService, jobFile, jobFilePath, jobService } from '../kit/compose/job.ts';
import { fromEnvironment, type SettingsOf, type SystemService } from '../kit/compose/service.ts';
import { address, systems } from '../pipeline.ts';
import { kafkaCaMount, kafkaClient } from './compose-facts.ts';
import { kafkaComposeUser } from './facts.ts';
import { renderProperties, serverProperties } from './server-properties.ts';
import { type Topic, topics } from './topics.ts';

const configFile = '/etc/kafka-cdc/server.properties';
const logConfigFile = '/etc/kafka-cdc/log4j2.properties';

/** Any 16 bytes in base64. The ID distinguishes one cluster's data from another's. */
const clusterId = 'dGlkYi1jZGMtY29tcG9zZQ';

const properties = serverProperties({
  advertised: address('kafka', 'clients'),
  listen: `0.0.0.0:${systems.kafka.clients}`,
  controller: `127.0.0.1:${systems.kafka.controller}`,
  dataDir: '/var/lib/kafka/data',
  login: {
    username: kafkaComposeUser,
    passwordVariable: 'KAFKA_PASSWORD',
    internal: `127.0.0.1:${systems.kafka.internal}`,
    outside: { listen: `0.0.0.0:${systems.kafka.outside}`, advertisedHost: '127.0.0.1', portVariable: 'PORT_KAFKA' },
  },
});

/** log4j2.properties that writes to standard output only. */
const log4jProperties: Readonly<Record<string, string>> = {
  'appender.stdout.type': 'Console',
  'appender.stdout.name': 'stdout',
  'appender.stdout.layout.type': 'PatternLayout',
  'appender.stdout.layout.pattern': '%d{ISO8601} %-5p %c{1} %m%n',
  'rootLogger.level': 'INFO',
  'rootLogger.appenderRef.stdout.ref': 'stdout',
};

export const kafka: SystemService<'kafka'> = {
  image: 'kafka',
  command: [
    'bash',
    '-euc',
    [
      // The image's entrypoint can only format a cluster with static voters.
      `/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --standalone -t ${clusterId} -c ${configFile}`,
      `exec /opt/kafka/bin/kafka-server-start.sh ${configFile}`,
    ].join('\n'),
  ],
  environment: {
    KAFKA_PASSWORD: fromEnvironment('KAFKA_PASSWORD'),
    PORT_KAFKA: fromEnvironment('PORT_KAFKA'),
    KAFKA_HEAP_OPTS: '-Xms384m -Xmx384m',
    KAFKA_LOG4J_OPTS: `-Dlog4j2.configurationFile=${logConfigFile}`,
    // Without this, Kafka writes a garbage-collector log into the image's file system.
    EXTRA_ARGS: '-name kafkaServer',
    LOG_DIR: '/tmp',
  },
  files: [
    { name: 'kafka/server.properties', target: configFile, content: renderProperties(properties) },
    { name: 'kafka/log4j2.properties', target: logConfigFile, content: renderProperties(log4jProperties) },
  ],
  volumes: [{ volume: 'kafka-data', target: '/var/lib/kafka/data' }],
  publish: { outside: 'PORT_KAFKA' },
  // Sends an ApiVersions request (version 0, correlation ID 1) and waits for the 1 in the answer: a broker that accepts
  // connections but does not answer is unhealthy. Kafka's own tools would start a JVM for each check.
  health: bashCheck([
    `exec 3<>/dev/tcp/127.0.0.1/${systems.kafka.clients}`,
    String.raw`printf '\0\0\0\x0a\0\x12\0\0\0\0\0\1\xff\xff' >&3`,
    String.raw`IFS= read -r -t 4 -d $'\1' -u 3`,
  ]),
  memoryMiB: 768,
  user: '1000:1000',
  // Kafka unpacks its native compression libraries there.
  temporary: ['/tmp:exec'],
  stopSeconds: 30,
};

export function createTopic(external: External): JobService {
  const elsewhere = external.has('kafka');
  return jobService('create-topic', {
    environment: {
      ...kafkaClient(external),
      TOPICS_FILE: jobFilePath('topics'),
      ...(elsewhere ? namesElsewhere : {}),
    } satisfies SettingsOf<typeof createTopicSettings>,
    files: [jobFile('topics', elsewhere ? topics().map(withBrokersDefaults) : topics())],
    hostFiles: kafkaCaMount(external),
    afterHealthy: ['kafka'],
  });
}

/** Existing topics of an external Kafka belong to its owner and are not changed. */
const namesElsewhere = {
  TOPIC_NAMES: [fromEnvironment('EXTERNAL_KAFKA_TOPIC'), ',', fromEnvironment('EXTERNAL_KAFKA_DEAD_LETTER_TOPIC')],
  TOPICS_UPDATE: 'false',
};

/** Leaves the number of replicas to the broker's defaults, which are the owner's choice. */
function withBrokersDefaults({ topic, partitions, config }: Topic) {
  const { 'min.insync.replicas': _copies, ...own } = config;
  return { topic, partitions, config: own };
}

import type { External } from '../external-settings.ts';
import { fromEnvironment, type HostFile } from '../kit/compose/service.ts';
import { address, consumerGroup, deadLetterTopic, eventsTopic } from '../pipeline.ts';
import { kafkaComposeLogin } from './facts.ts';

/** The path in containers of an external Kafka's certificate authority; an empty file means none. */
export const kafkaCaFile = '/etc/tidb-cdc/kafka-ca.pem';

/** The mount of that file. */
export function kafkaCaMount(external: External): readonly HostFile[] {
  return external.has('kafka') ? [{ setting: 'EXTERNAL_KAFKA_CA_FILE', target: kafkaCaFile }] : [];
}

/** The login to an external Kafka, as our programs' settings. */
export const externalKafkaLogin = {
  KAFKA_USERNAME: fromEnvironment('EXTERNAL_KAFKA_USERNAME'),
  KAFKA_PASSWORD: fromEnvironment('EXTERNAL_KAFKA_PASSWORD'),
  KAFKA_SASL_MECHANISM: fromEnvironment('EXTERNAL_KAFKA_SASL_MECHANISM'),
  KAFKA_TLS: fromEnvironment('EXTERNAL_KAFKA_TLS'),
};

/** The settings with which our programs connect to Kafka in compose. */
export function kafkaClient(external: External) {
  if (!external.has('kafka')) return { KAFKA_BROKERS: address('kafka', 'clients'), ...kafkaComposeLogin };
  return {
    KAFKA_BROKERS: fromEnvironment('EXTERNAL_KAFKA_BROKERS'),
    ...externalKafkaLogin,
    KAFKA_CA_FILE: kafkaCaFile,
  };
}

/** The topics, as settings of consumer and console. */
export function kafkaTopics(external: External) {
  if (!external.has('kafka')) return { KAFKA_TOPICS: eventsTopic, KAFKA_DEAD_LETTER_TOPIC: deadLetterTopic };
  return {
    KAFKA_TOPICS: fromEnvironment('EXTERNAL_KAFKA_TOPIC'),
    KAFKA_DEAD_LETTER_TOPIC: fromEnvironment('EXTERNAL_KAFKA_DEAD_LETTER_TOPIC'),
  };
}

/** The consumer's group. */
export function kafkaGroup(external: External) {
  return external.has('kafka') ? fromEnvironment('EXTERNAL_KAFKA_GROUP_ID') : consumerGroup;
}

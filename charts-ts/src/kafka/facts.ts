import { fromEnvironment } from '../kit/compose/service.ts';
import { instance } from '../kit/kubernetes/metadata.ts';
import type { Profile } from '../profile/fields.ts';

/** How Kafka's clients on Kubernetes are let in. */
export type KafkaAuthentication = Profile['kafka']['authentication'];

/** The listener of Kafka's clients on Kubernetes: one that asks for a login is encrypted. */
export function kafkaListener(authentication: KafkaAuthentication) {
  return authentication === 'scram'
    ? { name: 'tls', port: 9093, tls: true }
    : { name: 'plain', port: 9092, tls: false };
}

/** Where Kafka's clients on Kubernetes go first. */
export function bootstrapServers(authentication: KafkaAuthentication): string {
  return `${instance}-kafka-bootstrap:${kafkaListener(authentication).port}`;
}

/**
 * Annotations of the pods that have Kafka's credentials: they change with the version of those, so that a new one starts
 * the pods again. What a pod has taken from a Secret stays as it was.
 */
export function credentialAnnotations({ authentication, credentialsVersion }: Profile['kafka']) {
  return authentication === 'scram' ? { 'tidb-cdc/kafka-credentials': String(credentialsVersion) } : {};
}

/** Names of the users, and of the Secrets in which Strimzi puts their passwords. */
export const kafkaUsers = { consumer: 'cdc-consumer', ticdc: 'cdc-ticdc', console: 'cdc-console' } as const;

/** Key of the password in a user's Secret. */
export const kafkaPasswordKey = 'password';

/** The Secret with the certificate authority of Kafka's listeners, at `ca.crt`. */
export const kafkaCaSecret = `${instance}-cluster-ca-cert`;

/**
 * The login of one of our programs where Kafka asks for it, under the names of the program's settings.
 * @param caFolder where the program finds the certificate authority
 */
export function kafkaScramLogin(user: string, caFolder: string) {
  return {
    KAFKA_USERNAME: user,
    KAFKA_PASSWORD: { secret: user, key: kafkaPasswordKey },
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_CA_FILE: `${caFolder}/ca.crt`,
  };
}

/** The one user of Kafka in compose. */
export const kafkaComposeUser = 'cdc';

/** The login of Kafka's clients in compose, under the names of our programs' settings. */
export const kafkaComposeLogin = {
  KAFKA_USERNAME: kafkaComposeUser,
  KAFKA_PASSWORD: fromEnvironment('KAFKA_PASSWORD'),
};

import { defined } from '@tidb-cdc/runtime/defined';
import { fromEnvironment } from '../kit/compose/service.ts';
import { instance } from '../kit/kubernetes/metadata.ts';
import { type SecretFolder, type SecretLogin, secretLogin } from '../kit/kubernetes/secret.ts';
import { consumerGroup, deadLetterTopic, eventsTopic } from '../pipeline.ts';
import { clientSecret } from '../profile/external.ts';
import type { Profile } from '../profile/fields.ts';
import type { ExternalKafka, OwnKafka } from '../profile/kafka.ts';

/** The listener for Kafka's clients on Kubernetes. One that requires a login is encrypted. */
export function kafkaListener({ authentication }: OwnKafka) {
  return authentication === 'scram'
    ? { name: 'tls', port: 9093, tls: true }
    : { name: 'plain', port: 9092, tls: false };
}

/** The Service at which clients find the brokers that Strimzi runs. */
export const kafkaBootstrapService = `${instance}-kafka-bootstrap`;

/** Names of Kafka's users, and of the Secrets in which Strimzi puts their passwords. */
export const kafkaUsers = { consumer: 'cdc-consumer', ticdc: 'cdc-ticdc', console: 'cdc-console' } as const;

/** The clients that log in to Kafka. */
export type KafkaClient = keyof typeof kafkaUsers;

/** How clients on Kubernetes reach Kafka, ours or external. */
export interface KafkaAccess {
  /** `host:port` of brokers, separated by commas. */
  readonly brokers: string;
  readonly tls: boolean;
  /** The Secret with the brokers' certificate authority under the key `ca.crt`. @default a public one, or no TLS */
  readonly caSecret?: string;
  /** @default no login */
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly login: (client: KafkaClient) => SecretLogin;
  };
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly consumerGroup: string;
  /** Raised when a password or the certificate authority has changed. */
  readonly credentialsVersion: number;
}

export function kafkaAccess({ kafka }: Pick<Profile, 'kafka'>): KafkaAccess {
  return 'external' in kafka ? externalAccess(kafka.external) : ownAccess(kafka);
}

function ownAccess(kafka: OwnKafka): KafkaAccess {
  const { port, tls } = kafkaListener(kafka);
  const login = (client: KafkaClient): SecretLogin => {
    const user = kafkaUsers[client];
    return { username: user, password: { secret: user, key: 'password' } };
  };
  return {
    brokers: `${kafkaBootstrapService}:${port}`,
    tls,
    ...(tls ? { caSecret: `${instance}-cluster-ca-cert`, sasl: { mechanism: 'scram-sha-512', login } } : {}),
    topic: eventsTopic,
    deadLetterTopic,
    consumerGroup,
    credentialsVersion: kafka.credentialsVersion,
  };
}

function externalAccess({ brokers, authentication, caSecret, secret, ...kafka }: ExternalKafka): KafkaAccess {
  const login = (client: KafkaClient): SecretLogin => {
    const name = clientSecret(secret, client);
    if (name === undefined) throw new Error(`'kafka.external.secret' must name the Secret of ${client}`);
    return secretLogin(name);
  };
  return {
    ...kafka,
    brokers: brokers.join(','),
    ...defined({ caSecret }),
    ...(authentication === 'none' ? {} : { sasl: { mechanism: authentication, login } }),
  };
}

const kafkaCaFolder = '/etc/kafka-ca';

/** The brokers' certificate authority in our programs' containers. @returns undefined for a public one, or no TLS */
export function kafkaCa(profile: Pick<Profile, 'kafka'>): SecretFolder | undefined {
  const { caSecret: secret } = kafkaAccess(profile);
  return secret === undefined ? undefined : { secret, folder: kafkaCaFolder };
}

/**
 * The settings with which one of our programs connects to Kafka.
 * @param caFolder the folder of the certificate authority as the program sees it
 */
export function kafkaLogin({ sasl, tls, caSecret }: KafkaAccess, client: KafkaClient, caFolder = kafkaCaFolder) {
  return {
    ...(sasl === undefined ? {} : { ...loginSettings(sasl.login(client)), KAFKA_SASL_MECHANISM: sasl.mechanism }),
    ...(tls && caSecret === undefined ? { KAFKA_TLS: 'true' } : {}),
    ...(caSecret === undefined ? {} : { KAFKA_CA_FILE: `${caFolder}/ca.crt` }),
  };
}

/** A login as our programs' settings. */
export function loginSettings({ username, password }: SecretLogin) {
  return { KAFKA_USERNAME: username, KAFKA_PASSWORD: password };
}

/**
 * Annotations of pods that use Kafka's credentials. A new version of the credentials changes them and so restarts the
 * pods, which would otherwise keep what they have read from a Secret.
 */
export function credentialAnnotations({ sasl, caSecret, credentialsVersion }: KafkaAccess) {
  const none = sasl === undefined && caSecret === undefined;
  return none ? {} : { 'tidb-cdc/kafka-credentials': String(credentialsVersion) };
}

/** The one user of Kafka in compose. */
export const kafkaComposeUser = 'cdc';

/** The login of Kafka's clients in compose, as our programs' settings. */
export const kafkaComposeLogin = {
  KAFKA_USERNAME: kafkaComposeUser,
  KAFKA_PASSWORD: fromEnvironment('KAFKA_PASSWORD'),
};

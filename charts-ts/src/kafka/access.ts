import versions from '../../../versions.json' with { type: 'json' };
import { instance, selectorLabels } from '../kubernetes/metadata.ts';
import type { Profile } from '../profile.ts';

export const kafkaMetadata = versions.kubernetes.kafkaMetadata;

type Authentication = Profile['kafka']['authentication'];

/** The listener of Kafka's clients: one that asks for a login is encrypted. */
export function listener(authentication: Authentication) {
  return authentication === 'scram'
    ? { name: 'tls', port: 9093, tls: true }
    : { name: 'plain', port: 9092, tls: false };
}

/** Where Kafka's clients in the namespace go first. */
export function bootstrapServers(authentication: Authentication): string {
  return `${instance}-kafka-bootstrap:${listener(authentication).port}`;
}

/** Names of the users, and of the Secrets in which Strimzi puts their passwords. */
export const kafkaUsers = { consumer: 'cdc-consumer', ticdc: 'cdc-ticdc' } as const;

/** Key of the password in a user's Secret. */
export const passwordKey = 'password';

/** The Secret with the certificate authority of Kafka's listeners, at `ca.crt`. */
export const clusterCaSecret = `${instance}-cluster-ca-cert`;

/** Labels of TiCDC's pods under TiDB Operator. */
export const ticdcPods = {
  'app.kubernetes.io/managed-by': 'tidb-operator',
  'app.kubernetes.io/instance': instance,
  'app.kubernetes.io/component': 'ticdc',
};

/** Whose connections the listener takes. */
export const listenerPeers = [selectorLabels('consumer'), ticdcPods];

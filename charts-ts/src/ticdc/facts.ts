import { kafkaAccess } from '../kafka/facts.ts';
import { instance, operatorManagedPods } from '../kit/kubernetes/metadata.ts';
import type { TomlTable } from '../kit/toml.ts';
import { address } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';

/** The port of TiCDC under TiDB Operator. */
export const ticdcOperatorPort = 8301;

/** Where TiCDC's API answers. Under TiDB Operator it has no Service but the headless one of its pods. */
export const ticdcUrls = {
  compose: `http://${address('ticdc', 'api')}`,
  kubernetes: `http://${instance}-ticdc-peer:${ticdcOperatorPort}`,
} as const;

/** How the job that creates the changefeed reaches TiCDC on Kubernetes. */
export interface TicdcAccess {
  readonly url: string;
  /** Secret with `username` and `password`. @default TiCDC asks for no login */
  readonly secret?: string | undefined;
  /** Secret with the certificate authority of the API, at `ca.crt`. @default a public one, or no TLS */
  readonly caSecret?: string | undefined;
}

/** Where TiCDC is, whoever runs it; undefined where somebody else creates the changefeed. */
export function ticdcAccess({ tidb }: Pick<Profile, 'tidb'>): TicdcAccess | undefined {
  return 'external' in tidb ? tidb.external.ticdc : { url: ticdcUrls.kubernetes };
}

/** Kafka as TiCDC knows it: addresses, and where it finds the certificate authority. */
export function kafkaOfTicdc(profile: Pick<Profile, 'kafka' | 'tidb' | 'namespace'>) {
  const { kafka, tidb, namespace } = profile;
  const { brokers, caSecret } = kafkaAccess(profile);
  if (!('external' in tidb)) return { brokers, caFile: caSecret && ticdcSinkCaFile(caSecret) };
  const { kafkaBrokers, kafkaCaFile } = tidb.external.ticdc ?? {};
  // Whoever is in another namespace does not find a Service of ours by its name alone.
  const qualified = 'external' in kafka ? brokers : brokers.replace(':', `.${namespace}.svc:`);
  return { brokers: kafkaBrokers?.join(',') ?? qualified, caFile: kafkaCaFile };
}

/** Labels of TiCDC's pods under TiDB Operator. */
export const ticdcPods = operatorManagedPods('tidb-operator', 'ticdc');

/** User of TiDB, without a right in it, as whom changefeeds are created and changed in compose. */
export const changefeedUser = 'changefeed_admin';

/**
 * cdc.toml in compose: TiCDC's API changes nothing for a caller without the login of this user of TiDB. Reading needs
 * none.
 */
export function ticdcComposeConfiguration(): TomlTable {
  return { security: { 'client-user-required': true, 'client-allowed-user': [changefeedUser] } };
}

/** Where TiCDC keeps what it sorts on Kubernetes, on a volume. */
export const ticdcDataFolder = '/var/lib/ticdc';

/**
 * cdc.toml on Kubernetes: who may reach the API is a NetworkPolicy's matter there, and a changefeed that stands still
 * for a day loses its place.
 */
export function ticdcKubernetesConfiguration(): TomlTable {
  return { 'data-dir': ticdcDataFolder, 'gc-ttl': 86_400, 'log-file': '/dev/stderr', 'log-level': 'info' };
}

/** Where TiDB Operator mounts a Secret of `tlsClientSecretNames` in TiCDC's pods. */
export function ticdcSinkCaFile(secret: string): string {
  return `/var/lib/sink-tls/${secret}/ca.crt`;
}

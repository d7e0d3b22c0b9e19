import { kafkaAccess } from '../kafka/facts.ts';
import { instance, operatorManagedPods } from '../kit/kubernetes/metadata.ts';
import type { TomlTable } from '../kit/toml.ts';
import { address } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';

/** TiCDC's port when TiDB Operator runs it. */
export const ticdcOperatorPort = 8301;

/** URLs of TiCDC's API. Under TiDB Operator the headless Service of its pods is the only one. */
export const ticdcUrls = {
  compose: `http://${address('ticdc', 'api')}`,
  kubernetes: `http://${instance}-ticdc-peer:${ticdcOperatorPort}`,
} as const;

/** How the job that creates the changefeed reaches TiCDC on Kubernetes. */
export interface TicdcAccess {
  readonly url: string;
  /** Secret with `username` and `password`. @default no login */
  readonly secret?: string | undefined;
  /** Secret with the API's certificate authority under the key `ca.crt`. @default a public one, or no TLS */
  readonly caSecret?: string | undefined;
}

/** How to reach TiCDC, ours or external; undefined if somebody else creates the changefeed. */
export function ticdcAccess({ tidb }: Pick<Profile, 'tidb'>): TicdcAccess | undefined {
  return 'external' in tidb ? tidb.external.ticdc : { url: ticdcUrls.kubernetes };
}

/** Kafka as seen from TiCDC: the brokers' addresses and the path of the certificate authority. */
export function kafkaOfTicdc(profile: Pick<Profile, 'kafka' | 'tidb' | 'namespace'>) {
  const { kafka, tidb, namespace } = profile;
  const { brokers, caSecret } = kafkaAccess(profile);
  if (!('external' in tidb)) return { brokers, caFile: caSecret && ticdcSinkCaFile(caSecret) };
  const { kafkaBrokers, kafkaCaFile } = tidb.external.ticdc ?? {};
  // From another namespace, the name of our Service needs our namespace.
  const qualified = 'external' in kafka ? brokers : brokers.replace(':', `.${namespace}.svc:`);
  return { brokers: kafkaBrokers?.join(',') ?? qualified, caFile: kafkaCaFile };
}

/** Labels of TiCDC's pods under TiDB Operator. */
export const ticdcPods = operatorManagedPods('tidb-operator', 'ticdc');

/** The TiDB user, without any privilege, that creates and changes changefeeds in compose. */
export const changefeedUser = 'changefeed_admin';

/**
 * cdc.toml in compose: changes through TiCDC's API require the login of this TiDB user; reading requires none.
 */
export function ticdcComposeConfiguration(): TomlTable {
  return { security: { 'client-user-required': true, 'client-allowed-user': [changefeedUser] } };
}

/** The folder, on a volume, in which TiCDC sorts on Kubernetes. */
export const ticdcDataFolder = '/var/lib/ticdc';

/**
 * cdc.toml on Kubernetes. A NetworkPolicy limits who may reach the API there. A changefeed that makes no progress for a
 * day (`gc-ttl`) loses its place.
 */
export function ticdcKubernetesConfiguration(): TomlTable {
  return { 'data-dir': ticdcDataFolder, 'gc-ttl': 86_400, 'log-file': '/dev/stderr', 'log-level': 'info' };
}

/** Where TiDB Operator mounts a Secret of `tlsClientSecretNames` in TiCDC's pods. */
export function ticdcSinkCaFile(secret: string): string {
  return `/var/lib/sink-tls/${secret}/ca.crt`;
}

import { instance, operatorManagedPods } from '../kit/kubernetes/metadata.ts';
import type { TomlTable } from '../kit/toml.ts';
import { address } from '../pipeline.ts';

/** The port of TiCDC under TiDB Operator. */
export const ticdcOperatorPort = 8301;

/** Where TiCDC's API answers. Under TiDB Operator it has no Service but the headless one of its pods. */
export const ticdcUrls = {
  compose: `http://${address('ticdc', 'api')}`,
  kubernetes: `http://${instance}-ticdc-peer:${ticdcOperatorPort}`,
} as const;

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

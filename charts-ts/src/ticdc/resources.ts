import { instance } from '../kubernetes/metadata.ts';
import type { TomlTable } from '../toml.ts';

/** Where TiCDC answers under TiDB Operator: it has no Service but the headless one of its pods. */
export const ticdcUrl = `http://${instance}-ticdc-peer:8301`;

/** The port of TiCDC under TiDB Operator. */
export const ticdcPort = 8301;

/** Where TiDB Operator mounts a Secret of `tlsClientSecretNames` in TiCDC's pods. */
export function sinkCertificate(secret: string): string {
  return `/var/lib/sink-tls/${secret}/ca.crt`;
}

/**
 * cdc.toml on Kubernetes: who may reach the API is a NetworkPolicy's matter there, and a changefeed that stands still
 * for a day loses its place.
 */
export function ticdcServerConfiguration(): TomlTable {
  return { 'gc-ttl': 86_400, 'log-file': '/dev/stderr', 'log-level': 'info' };
}

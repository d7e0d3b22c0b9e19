import type { External } from '../external-settings.ts';
import type { HostFile } from '../kit/compose/service.ts';

/** Where create-changefeed finds the certificate authority of a TiCDC that runs elsewhere; an empty file is none. */
export const ticdcCaFile = '/etc/tidb-cdc/ticdc-ca.pem';

/** The mount of that file. */
export function ticdcCaMount(external: External): readonly HostFile[] {
  return external.has('database') ? [{ setting: 'EXTERNAL_TICDC_CA_FILE', target: ticdcCaFile }] : [];
}

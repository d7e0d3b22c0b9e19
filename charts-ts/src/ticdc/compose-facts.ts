import type { External } from '../external-settings.ts';
import type { HostFile } from '../kit/compose/service.ts';

/** The path in create-changefeed's container of an external TiCDC's certificate authority; an empty file means none. */
export const ticdcCaFile = '/etc/tidb-cdc/ticdc-ca.pem';

/** The mount of that file. */
export function ticdcCaMount(external: External): readonly HostFile[] {
  return external.has('database') ? [{ setting: 'EXTERNAL_TICDC_CA_FILE', target: ticdcCaFile }] : [];
}

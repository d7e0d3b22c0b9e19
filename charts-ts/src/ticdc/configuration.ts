import type { TomlTable } from '../toml.ts';

/** User of TiDB, without a right in it, as whom changefeeds are created and changed. */
export const changefeedUser = 'changefeed_admin';

/**
 * cdc.toml: TiCDC's API changes nothing for a caller without the login of this user of TiDB. Reading needs none.
 */
export function ticdcConfiguration(): TomlTable {
  return { security: { 'client-user-required': true, 'client-allowed-user': [changefeedUser] } };
}

import { readCertificate } from '@tidb-cdc/runtime/certificate';
import { defined } from '@tidb-cdc/runtime/defined';
import { port, SettingsError } from '@tidb-cdc/runtime/environment';
import { databasePort } from '@tidb-cdc/runtime/names';
import type { SqlAccess } from '@tidb-cdc/runtime/sql';
import { z } from 'zod';

/** Settings of the database from which rows are read that TiCDC has cut to their key. */
export const rowLookupSettings = {
  DATABASE_HOST: z
    .string()
    .optional()
    .describe('Host of TiDB, from which rows over the size limit are read. Without it such rows have only their keys.'),
  DATABASE_PORT: port.default(databasePort).describe('Its port.'),
  DATABASE_USER: z
    .string()
    .optional()
    .describe('User there; it needs SELECT on the captured tables, and nothing else.'),
  DATABASE_PASSWORD: z.string().optional().describe('Its password.'),
  DATABASE_CA_FILE: z
    .string()
    .optional()
    .describe(
      "PEM file with TiDB's certificate authority, empty for the public ones; with it the connection is encrypted.",
    ),
};

type RowLookupSettings = z.infer<z.ZodObject<typeof rowLookupSettings>>;

/**
 * Returns the access to the database; undefined when none is set.
 * @throws SettingsError for a host without a login, and for a file that cannot be read
 */
export function readLookupAccess(settings: RowLookupSettings): SqlAccess | undefined {
  const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_USER: user, DATABASE_PASSWORD: password } = settings;
  if (host === undefined) return undefined;
  if (user === undefined || password === undefined) {
    const missing = (['DATABASE_USER', 'DATABASE_PASSWORD'] as const).filter((name) => settings[name] === undefined);
    throw new SettingsError(missing.map((name) => `${name} is not set: DATABASE_HOST=${host} needs it`));
  }
  const file = settings.DATABASE_CA_FILE;
  const tls = file === undefined ? undefined : defined({ ca: readCertificate('DATABASE_CA_FILE', file) });
  return { host, port, user, password, ...defined({ tls }) };
}

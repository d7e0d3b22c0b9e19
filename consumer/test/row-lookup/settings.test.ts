import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../runtime/test/support/folder.ts';
import { readLookupAccess } from '../../src/row-lookup/settings.ts';
import { readSettings } from '../../src/settings.ts';

const accessOf = (env: NodeJS.ProcessEnv) => readLookupAccess(readSettings(env));
const login = { DATABASE_USER: 'cdc_reader', DATABASE_PASSWORD: 'secret' };

function linesOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    accessOf(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.lines;
    throw error;
  }
  return [];
}

test('without a host rows are not looked up, whatever else is set', () => {
  expect(accessOf({ ...login, DATABASE_PORT: '4001', DATABASE_CA_FILE: '/none' })).toBeUndefined();
});

test('a host and a login are enough', () => {
  const access = { host: 'tidb', port: 4_000, user: 'cdc_reader', password: 'secret' };
  expect(accessOf({ DATABASE_HOST: 'tidb', ...login })).toEqual(access);
});

test('with an authority the connection is encrypted', async () => {
  const file = path.join(await temporaryFolder(), 'ca.pem');
  await writeFile(file, 'PEM');
  expect(accessOf({ DATABASE_HOST: 'tidb', ...login, DATABASE_CA_FILE: file })).toMatchObject({
    tls: { ca: 'PEM' },
  });
  await writeFile(file, '');
  expect(accessOf({ DATABASE_HOST: 'tidb', ...login, DATABASE_CA_FILE: file })?.tls).toEqual({});
  expect(linesOf({ DATABASE_HOST: 'tidb', ...login, DATABASE_CA_FILE: `${file}.none` })).toEqual([
    `DATABASE_CA_FILE=${file}.none: cannot be read: ENOENT`,
  ]);
});

test('a host needs a login', () => {
  expect(linesOf({ DATABASE_HOST: 'tidb' })).toEqual([
    'DATABASE_USER is not set: DATABASE_HOST=tidb needs it',
    'DATABASE_PASSWORD is not set: DATABASE_HOST=tidb needs it',
  ]);
});

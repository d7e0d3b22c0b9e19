import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checksumOf, pendingMigrations, readMigrations } from '../src/migrations.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
});

afterEach(() => rm(folder, { recursive: true }));

const file = (name: string, sql = `-- ${name}`) => ({ name, sql });
const applied = (name: string, sql?: string) => ({ name, checksum: checksumOf(file(name, sql)) });

test('migrations are read in the order of their numbers, among other files', async () => {
  for (const name of ['0010-c.sql', '0002-b.sql', '0001-a.sql', 'seed.sql', 'changefeed.json', '0003-d.sql~']) {
    await writeFile(join(folder, name), `-- ${name}`);
  }
  expect(await readMigrations(folder)).toEqual([file('0001-a.sql'), file('0002-b.sql'), file('0010-c.sql')]);
});

test('a folder without migrations, one that is not there and a number that is taken twice are refused', async () => {
  await expect(readMigrations(folder)).rejects.toThrow(`MIGRATIONS_DIR=${folder}: has no file with a name like`);
  await expect(readMigrations(join(folder, 'none'))).rejects.toThrow(/MIGRATIONS_DIR=.*none: cannot be read: ENOENT/);
  for (const name of ['0001-a.sql', '0001-b.sql']) await writeFile(join(folder, name), '');
  await expect(readMigrations(folder)).rejects.toThrow(
    'two files have the number of 0001-a.sql: renumber the newer one',
  );
});

test('what is pending is what follows the last one applied', () => {
  const files = [file('0001-a.sql'), file('0002-b.sql'), file('0003-c.sql')];
  expect(pendingMigrations(files, [])).toEqual(files);
  expect(pendingMigrations(files, [applied('0001-a.sql'), applied('0002-b.sql')])).toEqual([file('0003-c.sql')]);
  expect(pendingMigrations([file('0001-a.sql')], [applied('0001-a.sql')])).toEqual([]);
});

test.each([
  ['that has changed', [applied('0001-a.sql', '-- other')], '0001-a.sql has changed since it was applied'],
  ['of a newer release', [applied('0001-a.sql'), applied('0004-d.sql')], 'migration 0004-d.sql was applied'],
  ['that another one overtook', [applied('0002-b.sql')], '0001-a.sql was not applied, but 0002-b.sql was'],
])('a migration %s is refused, with its name and the remedy', (_, before, message) => {
  const files = [file('0001-a.sql'), file('0002-b.sql')];
  expect(() => pendingMigrations(files, before)).toThrow(message);
  expect(() => pendingMigrations(files, before)).toThrow('Remedy: ');
});

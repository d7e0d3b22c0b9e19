import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { repository, repositoryFile } from '@tidb-cdc/runtime/repository';
import { expect, test } from 'vitest';

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  /** Part of its parent package's archive. */
  readonly inBundle?: boolean;
  /** For development only: no program that is run or shipped contains it. */
  readonly dev?: boolean;
  /** One of our workspaces. */
  readonly link?: boolean;
}

const lock = JSON.parse(readFileSync(repositoryFile('package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
const packages = Object.entries(lock.packages).filter(([path, { link }]) => /\bnode_modules\//.test(path) && !link);

/** Licences that allow use and redistribution, given the notice in dist/. */
const accepted = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** Also allows the licences of the spell checker's dictionaries. */
const acceptedForWork = [...accepted, 'CC BY-SA 4.0', 'WTFPL'];

/** Packages of the tests' S3 server that name their licence, MIT, in their text files only. */
const mitByTheirText = ['busboy', 'humanize-number', 'only', 'streamsearch'].map((name) => `node_modules/${name}`);

test('package-lock.json has the checksum of every archive', () => {
  expect(packages.length).toBeGreaterThan(100);
  const unchecked = packages.filter(([, { integrity, inBundle }]) => !inBundle && !/^sha512-/.test(integrity ?? ''));
  expect(unchecked.map(([path]) => path)).toEqual([]);
});

test('every package is under a licence that is accepted', () => {
  const isAccepted = ({ license = 'none', dev = false }: LockEntry) =>
    license
      .replace(/^\((.*)\)$/, '$1')
      .split(' OR ')
      .some((choice) => (dev ? acceptedForWork : accepted).includes(choice));
  const others = packages.filter(
    ([path, entry]) => !isAccepted(entry) && !(entry.dev && mitByTheirText.includes(path)),
  );
  expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});

test('npm run sbom lists what the programs are made of, and nothing of the tests', () => {
  const output = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: repository, encoding: 'utf8' });
  const { bomFormat, components } = JSON.parse(output) as {
    readonly bomFormat: string;
    readonly components: readonly { readonly name: string; readonly hashes?: readonly unknown[] }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const names = components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['kafkajs', 'mysql2', 'pino']));
  expect(names).not.toContain('vitest');
});

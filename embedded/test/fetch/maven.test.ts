import { readFileSync } from 'node:fs';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { describe, expect, test } from 'vitest';
import { downloadProgress, mavenEntry } from '../../src/fetch/maven.ts';
import { readVersions } from '../../src/versions.ts';

const versions = readVersions();

test('pom.xml has a profile for each part and takes every version from outside', () => {
  const pom = readFileSync(repositoryFile('embedded', 'pom.xml'), 'utf8');
  for (const profile of ['kafka', 'canal', 'mariadb', 'elasticsearch'] as const) {
    expect(pom).toContain(`<id>${profile}</id>`);
    expect(pom).toContain(`<version>\${${profile}.version}</version>`);
    expect(pom).not.toContain(`<version>${versions[profile]}</version>`);
  }
});

test('an entry is named by what decides its content', () => {
  const name = (profile: 'kafka' | 'canal', changed = {}) =>
    mavenEntry({ profile, versions: { ...versions, ...changed }, get: 'jars' }).name;
  expect(name('kafka')).toMatch(new RegExp(`^kafka-${versions.kafka}-[0-9a-f]{12}$`));
  expect(name('kafka', { kafka: '9.9.9' })).toMatch(/^kafka-9\.9\.9-/);
  // Canal uses the Kafka client in the broker's version.
  expect(name('canal', { kafka: '9.9.9' })).not.toBe(name('canal'));
});

describe('progress of Maven', () => {
  test('has the file under way and the sum so far', () => {
    const said: string[] = [];
    const onLine = downloadProgress((text) => said.push(text));
    for (const line of [
      '[INFO] Scanning for projects...',
      '[INFO] Downloading from central: https://repository.invalid/org/a/1/a-1.jar',
      '[INFO] Downloaded from central: https://repository.invalid/org/a/1/a-1.jar (12 MB at 3.1 MB/s)',
      '[INFO] Downloaded from central: https://repository.invalid/org/b/1/b-1.jar (999 kB at 3.1 MB/s)',
      '[INFO] Downloading from central: https://repository.invalid/org/c/1/c-1.jar',
      '[INFO] Unpacking /somewhere/c-1.jar to /else/where',
    ]) {
      onLine(line);
    }
    expect(said).toEqual([
      'starting Maven',
      'downloading a-1.jar; 0 files, 0 MB so far',
      'downloading; 1 files, 12 MB so far',
      'downloading; 2 files, 13 MB so far',
      'downloading c-1.jar; 2 files, 13 MB so far',
      'unpacking; 2 files, 13 MB so far',
    ]);
  });
});

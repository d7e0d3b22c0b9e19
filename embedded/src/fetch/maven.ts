import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from '@tidb-cdc/runtime/lock';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import type { EmbeddedVersions } from '../versions.ts';
import { type CacheEntry, fetchIntoCache, hashOf, isCached, type Report, reportLockHolder } from './cache.ts';
import { runTool } from './run-tool.ts';

/** Profiles of pom.xml. */
export type MavenProfile = 'kafka' | 'canal' | 'mariadb' | 'elasticsearch';

export interface MavenPart {
  readonly profile: MavenProfile;
  readonly versions: EmbeddedVersions;
  /** `jars` copies jars. `content` unpacks archives: the paths in `include`, or everything when that is empty. */
  readonly get: 'jars' | 'content';
  readonly include?: readonly string[];
}

const pom = repositoryFile('embedded', 'pom.xml');

/** The cache entry that a profile of pom.xml fills. */
export function mavenEntry({ profile, versions, get, include = [] }: MavenPart): CacheEntry {
  const properties = propertiesOf(versions);
  const goal =
    get === 'jars'
      ? ['dependency:copy-dependencies', '-DincludeScope=runtime']
      : ['dependency:unpack-dependencies', `-Dmdep.unpack.includes=${include.join(',')}`];
  return {
    name: `${profile}-${versions[profile]}-${hashOf(readFileSync(pom), ...properties, ...goal)}`,
    async fill(dir, report, signal) {
      // Maven writes marker files beside its pom.xml.
      copyFileSync(pom, join(dir, 'pom.xml'));
      const held = await lock('maven', reportLockHolder('Maven run', report), signal);
      try {
        const command = [
          'mvn',
          '-B',
          // Fail on a file whose checksum differs or is missing.
          '--strict-checksums',
          `-P${profile}`,
          ...properties,
          ...goal,
          `-DoutputDirectory=${dir}/content`,
        ] as const;
        await runTool({ command, cwd: dir, onLine: downloadProgress(report), signal });
      } finally {
        await held.release();
      }
      for (const name of ['pom.xml', 'target']) rmSync(join(dir, name), { recursive: true, force: true });
    },
  };
}

/** How a part fetches its Maven entry and then the entries made from it. */
export function mavenFetch(cacheDir: string, fetched: CacheEntry, ...made: readonly CacheEntry[]) {
  return {
    fetchTool: isCached(cacheDir, fetched) ? undefined : ('maven' as const),
    async fetch(report: Report, signal: AbortSignal): Promise<void> {
      for (const entry of [fetched, ...made]) await fetchIntoCache(cacheDir, entry, report, signal);
    },
  };
}

/** Reports downloads from Maven's output, such as `Downloaded from …: …/a.jar (12 MB at 3 MB/s)`. */
export function downloadProgress(report: Report): (line: string) => void {
  let files = 0;
  let bytes = 0;
  report('starting Maven');
  return (line) => {
    const begun = /Downloading from \S+ \S*\/(\S+)$/.exec(line);
    const done = /Downloaded from .*\(([\d.]+) (B|kB|MB|GB) at /.exec(line);
    if (done !== null) {
      files += 1;
      bytes += Number(done[1]) * unitBytes(done[2]);
    }
    const name = begun?.[1];
    const soFar = `${files} files, ${Math.round(bytes / 1e6)} MB so far`;
    if (name !== undefined) report(`downloading ${name}; ${soFar}`);
    else if (done !== null) report(`downloading; ${soFar}`);
    else if (/Unpacking |Copying /.test(line)) report(`unpacking; ${soFar}`);
  };
}

function unitBytes(unit: string | undefined): number {
  return { kB: 1e3, MB: 1e6, GB: 1e9 }[unit ?? ''] ?? 1;
}

function propertiesOf({ kafka, log4j, canal, mariadb, elasticsearch }: EmbeddedVersions): string[] {
  const versions = { kafka, log4j, canal, mariadb, elasticsearch };
  return Object.entries(versions).map(([name, version]) => `-D${name}.version=${version}`);
}

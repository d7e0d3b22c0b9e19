import { join } from 'node:path';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { cachePath, fetchIntoCache, isCached, type Report } from '../fetch/cache.ts';
import { type GoProgram, goEntry } from '../fetch/go-build.ts';
import { findInstalled, type InstallableProgram } from '../fetch/on-path.ts';

/** How to build the programs that are not installed. */
export const goPrograms: Readonly<Record<InstallableProgram, GoProgram>> = {
  filebeat: {
    name: 'filebeat',
    moduleDir: repositoryFile('embedded', 'go', 'filebeat'),
    module: 'github.com/elastic/beats/v7',
    package: '.',
    overlay: true,
  },
  prometheus: {
    name: 'prometheus',
    moduleDir: repositoryFile('embedded', 'go', 'prometheus'),
    module: 'github.com/prometheus/prometheus',
    package: 'cmd/prometheus',
    // Without service discovery the build takes a sixth of the time. The scrape targets here are static.
    tags: ['remove_all_sd'],
    overlay: true,
  },
};

/** A program: from PATH if a suitable version is installed, else built once into the cache. */
export interface ProgramSource {
  readonly path: string;
  /** Whether `path` exists only after a build. */
  readonly mustBeBuilt: boolean;
  fetch(report: Report, signal: AbortSignal): Promise<void>;
}

/** Decides where a program comes from. */
export function programSource(program: InstallableProgram, cacheDir: string): ProgramSource {
  const installed = findInstalled(program);
  if ('path' in installed) return { path: installed.path, mustBeBuilt: false, async fetch() {} };
  const entry = goEntry(goPrograms[program]);
  return {
    path: join(cachePath(cacheDir, entry), program),
    mustBeBuilt: !isCached(cacheDir, entry),
    async fetch(report, signal) {
      await fetchIntoCache(cacheDir, entry, report, signal);
    },
  };
}

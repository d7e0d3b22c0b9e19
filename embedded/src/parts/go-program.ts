import { join } from 'node:path';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { cachePath, fetchIntoCache, isCached, type Report } from '../fetch/cache.ts';
import { type GoProgram, goEntry } from '../fetch/go-build.ts';
import { findInstalled, type InstallableProgram } from '../fetch/on-path.ts';

/** How the programs are built that are not installed. */
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
    // Without service discovery it is built in a sixth of the time; its targets here are static.
    tags: ['remove_all_sd'],
    overlay: true,
  },
};

/** A program from PATH where a suitable one is there, else from the cache, where it is built once. */
export interface ProgramSource {
  readonly path: string;
  /** Whether a build is needed before `path` is there. */
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

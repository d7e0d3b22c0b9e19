import { join } from 'node:path';
import { cachePath, fetchIntoCache, isCached, type Report } from '../fetch/cache.ts';
import { goEntry } from '../fetch/go-build.ts';
import { findInstalled, type InstallableProgram } from '../fetch/on-path.ts';
import type { EmbeddedVersions } from '../versions.ts';

/** A program from PATH where a suitable one is there, else from the cache, where it is built once. */
export interface ProgramSource {
  readonly path: string;
  /** Whether a build is needed before `path` is there. */
  readonly mustBeBuilt: boolean;
  fetch(report: Report, signal: AbortSignal): Promise<void>;
}

/** Decides where a program comes from. */
export function programSource(
  program: InstallableProgram,
  { cacheDir, versions }: { cacheDir: string; versions: EmbeddedVersions },
): ProgramSource {
  const installed = findInstalled(program);
  if ('path' in installed) return { path: installed.path, mustBeBuilt: false, async fetch() {} };
  const entry = goEntry(program, versions);
  return {
    path: join(cachePath(cacheDir, entry), program),
    mustBeBuilt: !isCached(cacheDir, entry),
    async fetch(report, signal) {
      await fetchIntoCache(cacheDir, entry, report, signal);
    },
  };
}

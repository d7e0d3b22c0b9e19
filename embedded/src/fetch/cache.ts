import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from '@tidb-cdc/runtime/lock';

/** Says what goes on, for people: a few words. */
export type Report = (detail: string) => void;

/** Something that is got once on a machine and then used from the cache. */
export interface CacheEntry {
  /** Names what it is and the version; whatever else it depends on is part of it too. */
  readonly name: string;
  /**
   * Fills an empty folder.
   * @throws Error where that fails; then nothing is kept
   */
  fill(dir: string, report: Report, signal: AbortSignal): Promise<void>;
}

/** Where an entry lies in the cache, whether it is there or not. */
export function cachePath(cacheDir: string, entry: CacheEntry): string {
  return join(cacheDir, entry.name);
}

export function isCached(cacheDir: string, entry: CacheEntry): boolean {
  return existsSync(cachePath(cacheDir, entry));
}

/**
 * Folder of an entry, filled if it was not there. An entry is complete or absent: it is filled in a folder beside and
 * put in its place in one step. Several processes, of this clone or another, may ask at the same time: one fills.
 */
export async function fetchIntoCache(
  cacheDir: string,
  entry: CacheEntry,
  report: Report,
  signal: AbortSignal,
): Promise<string> {
  const path = cachePath(cacheDir, entry);
  if (existsSync(path)) return path;
  mkdirSync(cacheDir, { recursive: true });
  const held = await lock(`cache ${path}`, reportLockHolder('start', report), signal);
  try {
    if (!existsSync(path)) await fill(cacheDir, entry, path, report, signal);
  } finally {
    await held.release();
  }
  return path;
}

/** Reports what a process waits for while another holds a lock: `Maven`, a `build`, or the `start` that fetches the same. */
export function reportLockHolder(what: string, report: Report): (holder: number | undefined) => void {
  return (holder) => {
    if (holder === process.pid) report(`waiting for this start's other ${what}`);
    else report(`waiting for the ${what} of process ${holder ?? 'unknown'}`);
  };
}

/** First characters of a hash over texts: tells apart what the version does not. */
export function hashOf(...texts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 12);
}

/** Characters that mkdtemp adds to a name. */
const suffixLength = 6;

async function fill(cacheDir: string, entry: CacheEntry, path: string, report: Report, signal: AbortSignal) {
  const prefix = `.${entry.name}.`;
  // Whoever began these was killed: a living one would hold the lock.
  for (const name of readdirSync(cacheDir)) {
    if (name.startsWith(prefix) && name.length === prefix.length + suffixLength)
      rmSync(join(cacheDir, name), { recursive: true, force: true });
  }
  const temporary = mkdtempSync(join(cacheDir, prefix));
  try {
    await entry.fill(temporary, report, signal);
    chmodSync(temporary, 0o755);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

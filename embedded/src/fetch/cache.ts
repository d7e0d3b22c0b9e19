import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from '@tidb-cdc/runtime/lock';

/** Reports progress to the user in a few words. */
export type Report = (detail: string) => void;

/** Something that is downloaded or built once per machine and then used from the cache. */
export interface CacheEntry {
  /** What it is, its version, and a hash of whatever else its content depends on. */
  readonly name: string;
  /**
   * Fills an empty folder.
   * @throws Error when that fails; the cache then keeps nothing of it
   */
  fill(dir: string, report: Report, signal: AbortSignal): Promise<void>;
}

/** Path of an entry in the cache, whether or not it is there yet. */
export function cachePath(cacheDir: string, entry: CacheEntry): string {
  return join(cacheDir, entry.name);
}

export function isCached(cacheDir: string, entry: CacheEntry): boolean {
  return existsSync(cachePath(cacheDir, entry));
}

/**
 * Returns the folder of an entry and fills it first if it is missing. An entry is complete or absent: it is filled in a
 * temporary folder beside its final place, then renamed. When several processes, of this clone or another, ask at the
 * same time, one fills the entry and the others wait.
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
  const held = await lock(`cache ${path}`, reportLockHolder('fetch', report), signal);
  try {
    if (!existsSync(path)) await fill(cacheDir, entry, path, report, signal);
  } finally {
    await held.release();
  }
  return path;
}

/** Reports who holds a lock that this process waits for. `what` is a `fetch`, a `build` or a `Maven run`. */
export function reportLockHolder(what: string, report: Report): (holder: number | undefined) => void {
  return (holder) => {
    if (holder === process.pid) report(`waiting for another ${what} in this process`);
    else report(`waiting for the ${what} of ${holder === undefined ? 'another process' : `process ${holder}`}`);
  };
}

/** First 12 characters of a SHA-256 over the texts. Tells apart entries of the same version. */
export function hashOf(...texts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 12);
}

/** Number of characters that mkdtemp adds to a name. */
const suffixLength = 6;

async function fill(cacheDir: string, entry: CacheEntry, path: string, report: Report, signal: AbortSignal) {
  const prefix = `.${entry.name}.`;
  // The process that filled these was killed: a live one would hold the lock.
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

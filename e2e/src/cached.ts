import { type CacheEntry, cachePath, fetchIntoCache, isCached } from '@tidb-cdc/embedded/fetch/cache';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';

/** The longest build takes some minutes on two cores, which other processes may share. */
const boundMs = 30 * 60_000;
const progressIntervalMs = 30_000;

/**
 * Returns the folder of an entry in the cache of `npm start`; fills it first if needed. `say` then gets a line at the
 * start, at the end, and every 30 s.
 */
export async function fetchCached(what: string, entry: CacheEntry, say: (line: string) => void): Promise<string> {
  const cacheDir = defaultCacheDir();
  if (isCached(cacheDir, entry)) return cachePath(cacheDir, entry);
  const started = Date.now();
  let said = started;
  const report = (detail: string): void => {
    if (Date.now() - said < progressIntervalMs) return;
    said = Date.now();
    say(`${what}: ${detail}`);
  };
  say(`${what}: not in the cache yet, fetched or built once on this machine`);
  const path = await fetchIntoCache(cacheDir, entry, report, AbortSignal.timeout(boundMs));
  say(`${what}: there after ${Math.round((Date.now() - started) / 1000)} s`);
  return path;
}

import { type CacheEntry, fetchIntoCache } from '@tidb-cdc/embedded/fetch/cache';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';

/** Folder of an entry in the cache that `npm start` has too; `say` hears how far it is where it has to be filled. */
export function cached(entry: CacheEntry, say: (line: string) => void): Promise<string> {
  return fetchIntoCache(defaultCacheDir(), entry, say, new AbortController().signal);
}

import { defaultCacheDir } from '../paths.ts';
import { readVersions } from '../versions.ts';
import { fetchIntoCache, type Report } from './cache.ts';
import { goEntry } from './go-build.ts';

/** Path of promtool of the embedded Prometheus's version, built once into the cache: for tests of configuration and rules. */
export async function buildPromtool(
  report: Report = () => {},
  cacheDir: string = defaultCacheDir(),
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  const dir = await fetchIntoCache(cacheDir, goEntry('promtool', readVersions()), report, signal);
  return `${dir}/promtool`;
}

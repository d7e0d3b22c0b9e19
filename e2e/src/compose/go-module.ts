import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CacheEntry, hashOf } from '@tidb-cdc/embedded/fetch/cache';
import { runTool } from '@tidb-cdc/embedded/fetch/run-tool';
import { runCommand } from './command.ts';

export interface GoModule {
  readonly module: string;
  /** As Go names it: `v1.2.3`. */
  readonly version: string;
  /** Folder of the program in the module. */
  readonly mainPackage: string;
  /** Name of the program. */
  readonly program: string;
  /** Files that the module's own build makes before it compiles, by their path in it. */
  readonly generated?: Readonly<Record<string, string>>;
}

/** The cache entry that holds a program which is built from a module with the versions that the module itself pins. */
export function goModuleEntry({ module, version, mainPackage, program, generated = {} }: GoModule): CacheEntry {
  return {
    name: `${program}-${version}-${hashOf(module, mainPackage, JSON.stringify(generated))}`,
    async fill(target, report, signal) {
      report('building from source');
      const download = await runCommand(['go', 'mod', 'download', '-json', `${module}@${version}`], {
        cwd: target,
        env: { GOWORK: 'off', GOFLAGS: '-mod=mod' },
        timeoutMs: 300_000,
      });
      const source = (JSON.parse(download) as { Dir: string }).Dir;
      // The module cache is read-only.
      const work = join(target, 'source');
      cpSync(source, work, { recursive: true });
      await runCommand(['chmod', '-R', 'u+w', work], { timeoutMs: 60_000 });
      for (const [name, content] of Object.entries(generated)) {
        mkdirSync(dirname(join(work, name)), { recursive: true });
        writeFileSync(join(work, name), content);
      }
      await runTool({
        command: ['nice', '-n', '10', 'go', 'build', '-ldflags=-s -w', '-o', join(target, program), mainPackage],
        cwd: work,
        env: { CGO_ENABLED: '0', GOWORK: 'off' },
        onLine: () => {},
        signal,
      });
      rmSync(work, { recursive: true });
    },
  };
}

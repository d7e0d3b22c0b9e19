import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheEntry, hashOf } from '@tidb-cdc/embedded/fetch/cache';
import { requiredVersion, runGo } from '@tidb-cdc/embedded/fetch/go-build';
import { goPrograms } from '../go-programs.ts';

/** What a kubelet would do, as kwok's stages: nodes become and stay ready, pods run, and pods of Jobs succeed. */
const stages = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat/node-heartbeat.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

/** File name in the cache entry. */
export const kwokStagesFile = 'stages.yaml';

/** The cache entry with stages from kwok's module in one file. It stays valid when Go's module cache is cleaned. */
export function kwokStagesEntry(): CacheEntry {
  const { moduleDir, module } = goPrograms.kwok;
  const version = requiredVersion(moduleDir, module);
  return {
    name: `kwok-stages-${version}-${hashOf(...stages)}`,
    async fill(target, _report, signal) {
      const work = join(target, 'module');
      cpSync(moduleDir, work, { recursive: true });
      const lines: string[] = [];
      await runGo(['mod', 'download', '-json', module], { cwd: work, onLine: (line) => lines.push(line), signal });
      const { Dir: dir } = JSON.parse(lines.join('\n')) as { Dir: string };
      const texts = stages.map((stage) => readFileSync(join(dir, 'kustomize', 'stage', stage), 'utf8'));
      writeFileSync(join(target, kwokStagesFile), texts.join('\n---\n'));
      rmSync(work, { recursive: true });
    },
  };
}

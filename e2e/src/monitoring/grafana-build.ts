import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheEntry, hashOf } from '@tidb-cdc/embedded/fetch/cache';
import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { runTool } from '@tidb-cdc/embedded/fetch/run-tool';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { cached } from '../cached.ts';

/** Grafana's backend, built. There is no frontend: it is not in the Go module. */
export interface GrafanaBuild {
  readonly program: string;
  /** Its folder of defaults and of the descriptions of data sources. */
  readonly home: string;
}

/** Why Grafana cannot be built on this machine; undefined where it can. */
export function obstacleToGrafana(): string | undefined {
  const missing = ['go', 'gcc'].filter((program) => findOnPath(program) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not on PATH: Grafana's backend needs Go and cgo`;
}

/** Builds Grafana's backend from its Go module, once into the shared cache: some minutes. */
export async function buildGrafana(say: (line: string) => void): Promise<GrafanaBuild> {
  const goMod = readFileSync(repositoryFile('e2e', 'go', 'grafana', 'go.mod'), 'utf8');
  const entry: CacheEntry = {
    name: `grafana-${hashOf(goMod)}`,
    fill: (target, report, signal) => fill(goMod, target, report, signal),
  };
  say('building Grafana, unless it is in the cache');
  const dir = await cached(entry, say);
  return { program: join(dir, 'grafana'), home: dir };
}

async function fill(goMod: string, target: string, report: (line: string) => void, signal: AbortSignal): Promise<void> {
  const grafana = `github.com/grafana/grafana@${required(goMod, 'github.com/grafana/grafana')}`;
  const wire = `github.com/google/wire/cmd/wire@${required(goMod, 'github.com/google/wire')}`;
  const source = join(target, 'source');
  const go = (cwd: string, ...args: string[]): Promise<void> =>
    runTool({ command: ['nice', '-n', '10', 'go', ...args], cwd, env: { GOWORK: 'off' }, onLine: report, signal });
  await go(target, 'mod', 'download', grafana);
  // Its wiring is generated into its own folders, and the module cache is not for writing.
  const modules = execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim();
  cpSync(join(modules, grafana), source, { recursive: true });
  await runTool({ command: ['chmod', '-R', 'u+w', source], cwd: target, onLine: report, signal });
  await go(source, 'run', wire, 'gen', '-tags', 'oss', './pkg/server', './pkg/cmd/grafana-cli/runner');
  const flags = ['-mod=mod', '-tags=oss', '-ldflags=-s -w -checklinkname=0'];
  await go(source, 'build', ...flags, '-o', join(target, 'grafana'), './pkg/cmd/grafana');
  for (const folder of ['conf', 'public']) renameSync(join(source, folder), join(target, folder));
  rmSync(source, { recursive: true });
}

function required(goMod: string, module: string): string {
  const version = goMod.match(new RegExp(`^\\s*${module} (v\\S+)$`, 'm'))?.[1];
  if (version === undefined) throw new Error(`e2e/go/grafana/go.mod does not require ${module}`);
  return version;
}

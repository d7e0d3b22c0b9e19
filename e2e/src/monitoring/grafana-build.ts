import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheEntry, hashOf, type Report } from '@tidb-cdc/embedded/fetch/cache';
import { requiredVersion, runGo } from '@tidb-cdc/embedded/fetch/go-build';
import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { runTool } from '@tidb-cdc/embedded/fetch/run-tool';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { fetchCached } from '../cached.ts';

/** Grafana's backend. It has no frontend, which is not in the Go module. */
export interface GrafanaBuild {
  readonly program: string;
  /** Folder of its defaults and its data source plugins' descriptions. */
  readonly home: string;
}

/** Why Grafana cannot be built on this machine; undefined if it can. */
export function whyNoGrafana(): string | undefined {
  const missing = ['go', 'gcc'].filter((program) => findOnPath(program) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not on PATH: Grafana's backend needs Go and cgo`;
}

/** Builds Grafana's backend from its Go module, once into the shared cache. Takes some minutes. */
export async function buildGrafana(say: (line: string) => void): Promise<GrafanaBuild> {
  const entry: CacheEntry = { name: `grafana-${hashOf(readFileSync(join(moduleDir, 'go.mod'), 'utf8'))}`, fill };
  const dir = await fetchCached('Grafana', entry, say);
  return { program: join(dir, 'grafana'), home: dir };
}

const moduleDir = repositoryFile('e2e', 'go', 'grafana');

async function fill(target: string, report: Report, signal: AbortSignal): Promise<void> {
  const pinned = (module: string, command = '') => `${module}${command}@${requiredVersion(moduleDir, module)}`;
  const grafana = pinned('github.com/grafana/grafana');
  const source = join(target, 'source');
  const go = (cwd: string, ...args: string[]) => runGo(args, { cwd, onLine: report, signal });
  await go(target, 'mod', 'download', grafana);
  // Grafana's wiring code is generated into its own folders, and the module cache is read-only.
  const printed: string[] = [];
  await runGo(['env', 'GOMODCACHE'], { cwd: target, onLine: (line) => printed.push(line), signal });
  cpSync(join(printed.join(''), grafana), source, { recursive: true });
  await runTool({ command: ['chmod', '-R', 'u+w', source], cwd: target, onLine: report, signal });
  const wire = pinned('github.com/google/wire', '/cmd/wire');
  await go(source, 'run', wire, 'gen', '-tags', 'oss', './pkg/server', './pkg/cmd/grafana-cli/runner');
  const flags = ['-mod=readonly', '-tags=oss', '-ldflags=-s -w -checklinkname=0'];
  await go(source, 'build', ...flags, '-o', join(target, 'grafana'), './pkg/cmd/grafana');
  for (const folder of ['conf', 'public']) renameSync(join(source, folder), join(target, folder));
  rmSync(source, { recursive: true });
}

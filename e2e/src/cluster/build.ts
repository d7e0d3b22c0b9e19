import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CacheEntry, fetchIntoCache, isCached } from '@tidb-cdc/embedded/fetch/cache';
import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { binaryEntry, type ClusterBinary, clusterBinaries, controlPlaneBinaries } from './binaries.ts';
import { kwokStagesEntry, kwokStagesFile } from './kwok-stages.ts';

type ControlPlaneBinary = (typeof controlPlaneBinaries)[number];

/** Path of each program of a control plane, and of the stages that kwok plays. */
export type ControlPlaneTools = Readonly<Record<ControlPlaneBinary, string>> & { readonly kwokStages: string };

/** One cold build takes up to five minutes on two cores; others may share them. */
const buildTimeoutMs = 30 * 60_000;
const probeTimeoutMs = 60_000;
const progressIntervalMs = 30_000;

/**
 * Why this machine cannot have the programs; undefined where it has them, or can build them. Nothing else is a reason to
 * skip: a build that fails is a failure.
 */
export async function whyNotBuildable(): Promise<string | undefined> {
  const missing = clusterBinaries.filter((binary) => !isCached(defaultCacheDir(), binaryEntry(binary)));
  if (missing.length === 0 && isCached(defaultCacheDir(), kwokStagesEntry())) return undefined;
  const what = `${[...missing, 'the stages of kwok'].join(', ')} not built yet`;
  if (findOnPath('go') === undefined) return `${what}, and no 'go' on PATH: install Go`;
  const module = mkdtempSync(join(tmpdir(), 'tidb-cdc-go-probe-'));
  try {
    cpSync(repositoryFile('e2e', 'go', 'etcd'), module, { recursive: true });
    const options = { cwd: module, env: { ...process.env, GOWORK: 'off' }, timeout: probeTimeoutMs };
    await promisify(execFile)('go', ['mod', 'download', 'go.etcd.io/etcd/server/v3'], options);
    return undefined;
  } catch (error) {
    return `${what}, and Go modules cannot be downloaded: ${(error as Error).message.trim()}`;
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
}

/**
 * What a control plane consists of; builds what is not in the cache yet, one after the other.
 * @param say gets a line at each start and end of a build, and now and then
 */
export async function fetchControlPlane(say: (line: string) => void): Promise<ControlPlaneTools> {
  const paths: Partial<Record<ClusterBinary, string>> = {};
  for (const binary of controlPlaneBinaries) paths[binary] = await fetchBinary(binary, say);
  const stages = await fetchEntry('stages of kwok', kwokStagesEntry(), say);
  return { ...(paths as Record<ControlPlaneBinary, string>), kwokStages: join(stages, kwokStagesFile) };
}

/** Path of one program. */
export async function fetchBinary(binary: ClusterBinary, say: (line: string) => void): Promise<string> {
  return join(await fetchEntry(binary, binaryEntry(binary), say), binary);
}

async function fetchEntry(name: string, entry: CacheEntry, say: (line: string) => void): Promise<string> {
  if (isCached(defaultCacheDir(), entry)) return join(defaultCacheDir(), entry.name);
  const started = Date.now();
  let said = started;
  const report = (detail: string): void => {
    if (Date.now() - said < progressIntervalMs) return;
    said = Date.now();
    say(`${name}: ${detail}`);
  };
  say(`${name}: building from source, once on this machine`);
  const path = await fetchIntoCache(defaultCacheDir(), entry, report, AbortSignal.timeout(buildTimeoutMs));
  say(`${name}: built in ${Math.round((Date.now() - started) / 1000)} s`);
  return path;
}

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCached } from '@tidb-cdc/embedded/fetch/cache';
import { goEntry, runGo } from '@tidb-cdc/embedded/fetch/go-build';
import { findOnPath } from '@tidb-cdc/embedded/fetch/on-path';
import { defaultCacheDir } from '@tidb-cdc/embedded/paths';
import { fetchCached } from '../cached.ts';
import { fetchGoProgram, goPrograms } from '../go-programs.ts';
import { kwokStagesEntry, kwokStagesFile } from './kwok-stages.ts';

/** The programs of a cluster without kubelets, and kubectl. */
const controlPlane = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const;

/** Path of each program of a control plane, and of kwok's stages. */
export type ControlPlaneTools = Readonly<Record<(typeof controlPlane)[number] | 'kwokStages', string>>;

const probeTimeoutMs = 60_000;

/**
 * Why this machine cannot have the programs of the cluster suites; undefined if it has them or can build them. There is
 * no other reason to skip: a failed build is a failure.
 */
export async function whyNoControlPlane(): Promise<string | undefined> {
  const needed = [...controlPlane, 'prometheus-operator', 'eck-operator', 'tidb-operator', 'promtool'] as const;
  const entries = [...needed.map((name) => goEntry(goPrograms[name])), kwokStagesEntry()];
  const missing = entries.filter((entry) => !isCached(defaultCacheDir(), entry));
  if (missing.length === 0) return undefined;
  const what = `${missing.map(({ name }) => name).join(', ')} not built yet`;
  if (findOnPath('go') === undefined) return `${what}, and no 'go' on PATH: install Go`;
  const module = mkdtempSync(join(tmpdir(), 'tidb-cdc-go-probe-'));
  try {
    cpSync(goPrograms.etcd.moduleDir, module, { recursive: true });
    const signal = AbortSignal.timeout(probeTimeoutMs);
    await runGo(['mod', 'download', goPrograms.etcd.module], { cwd: module, onLine: () => {}, signal });
    return undefined;
  } catch (error) {
    return `${what}, and Go modules cannot be downloaded: ${(error as Error).message.trim()}`;
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
}

/** Returns the programs of a control plane. Builds those that are not cached, one after another. */
export async function fetchControlPlane(say: (line: string) => void): Promise<ControlPlaneTools> {
  const paths: [string, string][] = [];
  for (const name of controlPlane) paths.push([name, await fetchGoProgram(name, say)]);
  const stages = await fetchCached('stages of kwok', kwokStagesEntry(), say);
  return Object.fromEntries([...paths, ['kwokStages', join(stages, kwokStagesFile)]]) as ControlPlaneTools;
}

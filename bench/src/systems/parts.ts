import { mkdirSync } from 'node:fs';
import { freePortOffset } from '@tidb-cdc/e2e/processes';
import { shiftPorts } from '@tidb-cdc/embedded/options';
import type { Part, PartContext } from '@tidb-cdc/embedded/parts/part';
import { defaultCacheDir, StatePaths } from '@tidb-cdc/embedded/paths';
import { requireJdk } from '@tidb-cdc/embedded/preflight/java';
import { detectIsolation } from '@tidb-cdc/embedded/processes/isolation';
import { SupervisedPart } from '@tidb-cdc/embedded/processes/supervised-part';
import { stateMarker } from '@tidb-cdc/embedded/state-dir';
import { readVersions } from '@tidb-cdc/embedded/versions';

/** A part of the embedded system that runs on its own. */
export interface RunningPart {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Creates the context of parts in a folder, on free ports. @throws Error without a JDK */
export async function partContext(folder: string): Promise<PartContext> {
  const { home: javaHome } = await requireJdk();
  const paths = new StatePaths(folder);
  for (const dir of [paths.logs, paths.records, paths.jobs]) mkdirSync(dir, { recursive: true });
  return {
    paths,
    ports: shiftPorts(await freePortOffset(30_000)),
    secrets: { appPassword: 'app', cdcPassword: 'cdc' },
    versions: readVersions(),
    cacheDir: defaultCacheDir(),
    javaHome,
    isolation: detectIsolation(),
  };
}

/** Fetches a part if it is not cached, starts it, and returns when it is ready. */
export async function startPart(part: Part, context: PartContext, say: (line: string) => void): Promise<RunningPart> {
  const { paths, isolation } = context;
  await part.fetch((detail) => say(`${part.name}: ${detail}`), new AbortController().signal);
  let pid: number | undefined;
  const supervised = new SupervisedPart(
    part,
    { logFile: paths.log(part.name), recordFile: paths.record(part.name), isolation, marker: stateMarker(paths) },
    (change) => {
      pid = change.pid ?? pid;
    },
  );
  const kill = new AbortController();
  // If the benchmark exits early, the part must not keep running.
  const endWithProcess = () => {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  };
  process.once('exit', endWithProcess);
  const stop = async () => {
    process.off('exit', endWithProcess);
    await supervised.stop(kill.signal);
  };
  try {
    await supervised.start();
  } catch (error) {
    await stop();
    throw error;
  }
  if (pid === undefined) throw new Error(`${part.name} has no process`);
  return { pid, stop };
}

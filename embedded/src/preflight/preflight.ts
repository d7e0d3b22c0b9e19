import type { PortName } from '@tidb-cdc/charts/pipeline';
import type { Problem } from '@tidb-cdc/runtime/problem';
import type { Isolation } from '../processes/isolation.ts';
import { checkDisk, checkPlatform, checkPorts, checkUser } from './machine.ts';
import { checkFetchTool, checkNode, type FetchTool } from './tools.ts';

export interface PreflightOptions {
  readonly ports: Readonly<Record<PortName, number>>;
  readonly cacheDir: string;
  readonly stateDir: string;
  readonly isolation: Isolation;
  /** Tools needed to fetch the parts that are not in the cache. */
  readonly tools: readonly FetchTool[];
  /** Problems found earlier. */
  readonly known: readonly Problem[];
}

/** Returns all problems that keep the system from starting; empty if there are none. */
export async function preflight(options: PreflightOptions): Promise<Problem[]> {
  const { ports, cacheDir, stateDir, isolation, tools, known } = options;
  const found = await Promise.all([
    checkPlatform(),
    checkNode(),
    checkUser(isolation),
    known,
    ...tools.map((tool) => checkFetchTool(tool)),
    checkPorts(ports),
    checkDisk(cacheDir, tools),
    checkDisk(stateDir, []),
  ]);
  return found.flat();
}

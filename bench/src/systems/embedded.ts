import { mkdirSync } from 'node:fs';
import { EmbeddedSystem } from '@tidb-cdc/e2e/embedded';
import { freePortOffset } from '@tidb-cdc/e2e/processes';

/** Creates an embedded system in a new folder, on free ports, not started. It ends with this process at the latest. */
export async function newEmbeddedSystem(folder: string): Promise<EmbeddedSystem> {
  mkdirSync(folder, { recursive: true });
  const system = new EmbeddedSystem(folder, await freePortOffset(32_000));
  process.once('exit', () => {
    if (system.isUp) process.kill(system.state.pid, 'SIGTERM');
  });
  return system;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '@tidb-cdc/runtime/process-identity';
import type { TestProject } from 'vitest/node';
import { EmbeddedSystem } from '../src/embedded.ts';
import { freePortOffset } from '../src/processes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The systems that the suites share. */
    systems: readonly { readonly folder: string; readonly portOffset: number }[];
  }
}

/**
 * Starts as many embedded systems as suites run at a time, since a start takes half a minute, and ends them after all
 * suites. Suites may kill or restart parts of the system they have claimed, but each must leave it complete.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started: EmbeddedSystem[] = [];
  const stop = async () => {
    for (const system of started) {
      await system.stop();
      rmSync(system.folder, { recursive: true, force: true });
    }
  };
  // If the tests exit without their teardown, end the supervisors here. They end the parts themselves.
  process.once('exit', () => {
    for (const system of started) {
      if (system.isUp && isRunning(system.state.pid)) process.kill(system.state.pid, 'SIGTERM');
    }
  });
  try {
    for (let worker = 1; worker <= project.config.maxWorkers; worker += 1) {
      const system = new EmbeddedSystem(mkdtempSync(join(tmpdir(), 'tidb-cdc-e2e-')), await freePortOffset(20_000));
      const say = (line: string): void => console.log(`e2e: system ${worker}: ${line}`);
      say(`starts with port offset ${system.portOffset} in ${system.folder}`);
      started.push(system);
      await system.start([], say);
      say('is complete');
    }
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide(
    'systems',
    started.map(({ folder, portOffset }) => ({ folder, portOffset })),
  );
  return stop;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '@tidb-cdc/runtime/process-identity';
import type { TestProject } from 'vitest/node';
import { EmbeddedSystem } from '../src/embedded.ts';
import { freePortOffset } from '../src/processes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The system that all suites share. */
    system: { readonly folder: string; readonly portOffset: number };
  }
}

/**
 * Starts one embedded system for all suites, since a start takes half a minute, and ends it after them. Suites may kill
 * or restart its parts, but each must leave it complete.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'tidb-cdc-e2e-'));
  const portOffset = await freePortOffset(20_000);
  const system = new EmbeddedSystem(folder, portOffset);
  const say = (line: string): void => console.log(`e2e: ${line}`);
  // If the tests exit without their teardown, end the supervisor here. It ends the parts itself.
  process.once('exit', () => {
    if (system.isUp && isRunning(system.state.pid)) process.kill(system.state.pid, 'SIGTERM');
  });
  say(`starting the embedded system with port offset ${portOffset} in ${folder}`);
  try {
    await system.start([], say);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  say('the embedded system is complete');
  project.provide('system', { folder, portOffset });
  return async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

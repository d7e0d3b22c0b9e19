import { scratchDir } from '../../../runtime/test/support/scratch.ts';
import { shiftPorts } from '../../src/options.ts';
import type { PartContext } from '../../src/parts/part.ts';
import { StatePaths } from '../../src/paths.ts';
import { readVersions } from '../../src/versions.ts';

/** A context for tests: its own folders, and ports that no other system uses. */
export function testContext(): PartContext {
  const root = scratchDir();
  return {
    paths: new StatePaths(`${root}/state`),
    ports: shiftPorts(2000),
    secrets: { appPassword: 'app-secret', cdcPassword: 'cdc-secret' },
    versions: readVersions(),
    cacheDir: `${root}/cache`,
    javaHome: '/jdk',
    isolation: { parentDeathSignal: false, unprivileged: false },
  };
}

import path from 'node:path';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { repository, repositoryFile } from '@tidb-cdc/runtime/repository';
import { type External, externalSystems } from '../../external-settings.ts';
import { requireOwnFolder, writeFolder } from '../../kit/write-folder.ts';
import { composeFolder, renderExternal } from './folder.ts';

/**
 * Writes to compose/ of the repository: the compose file, the files that it mounts, and the example with external
 * systems.
 *
 * @returns one line that says what was written
 */
export async function synthCompose(): Promise<string> {
  const { written, removed } = await writeFolder(repositoryFile('compose'), composeFolder());
  return `compose/: ${written} files written, ${removed} removed`;
}

/** Paths in the folder of the files that this writes for external systems. */
const ours = /^(docker-compose\.yml|\.env\.example|config\/.+|monitoring\/.+)$/;

/**
 * Writes a compose file without the systems that run elsewhere.
 *
 * @param list names of the external systems, separated by commas
 * @returns one line that says what was written
 * @throws SettingsError if there is no such system, no folder is named, or the folder contains other files
 */
export async function synthExternal(list: string, out: string | undefined): Promise<string> {
  const external = readSystems(list);
  if (out === undefined) {
    throw new SettingsError([`--external=${list}: needs --out <folder>, since compose/ holds the whole system`]);
  }
  const target = path.resolve(out);
  await requireOwnFolder(target, (name) => ours.test(name));
  const options = { external, folder: path.relative(repository, target), context: path.relative(target, repository) };
  const { written, removed } = await writeFolder(target, renderExternal(options));
  return `${path.relative(process.cwd(), target)}/: ${written} files written, ${removed} removed`;
}

function readSystems(list: string): External {
  const names = list.split(',').map((name) => name.trim());
  return new Set(
    names.map((name) => {
      const system = externalSystems.find((one) => one === name);
      if (system !== undefined) return system;
      const rule = `must be some of ${externalSystems.join(', ')}, separated by commas`;
      throw new SettingsError([`--external=${list}: ${rule}; '${name}' is not one of them`]);
    }),
  );
}

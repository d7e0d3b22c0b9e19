import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { type External, externalSystems } from '../../external-settings.ts';
import { requireOwnFolder, writeFolder } from '../../kit/write-folder.ts';
import { composeFolder, renderExternal } from './folder.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/**
 * Writes the compose file with what it mounts into compose/ of the repository, and the example for systems that run
 * elsewhere.
 *
 * @returns what was written, in a line
 */
export async function synthCompose(): Promise<string> {
  const { written, removed } = await writeFolder(path.join(root, 'compose'), composeFolder());
  return `compose/: ${written} files written, ${removed} removed`;
}

/** What this writes for systems that run elsewhere, by its path in the folder. */
const ours = /^(docker-compose\.yml|\.env\.example|config\/.+|monitoring\/.+)$/;

/**
 * Writes a compose file of what does not run elsewhere.
 *
 * @param list names of what runs elsewhere, separated by commas
 * @returns what was written, in a line
 * @throws SettingsError where there is no such system, no folder is named, or it holds files of somebody else
 */
export async function synthExternal(list: string, out: string | undefined): Promise<string> {
  const external = readSystems(list);
  if (out === undefined) {
    throw new SettingsError([`--external=${list}: needs --out <folder>, since compose/ holds the whole system`]);
  }
  const target = path.resolve(out);
  await requireOwnFolder(target, (name) => ours.test(name));
  const options = { external, folder: path.relative(root, target), context: path.relative(target, root) };
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
      throw new SettingsError([`--external=${list}: ${rule}; '${name}' is none`]);
    }),
  );
}

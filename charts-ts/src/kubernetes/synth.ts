import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SettingsError } from '@tidb-cdc/consumer/environment';
import { readProfile } from '../profile.ts';
import { writeFolder } from '../write-folder.ts';
import { renderKubernetes } from './render.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface SynthOptions {
  /** A profile of k8s/profiles by its name, or the path of a YAML file. @default kind */
  readonly profile?: string;
  /** Folder that will hold the manifests and nothing else. @default dist/ of the repository, for the default profile */
  readonly out?: string;
}

/**
 * Writes the manifests of a profile.
 *
 * @returns what was written, in a line
 * @throws SettingsError where the profile is wrong, or another one would overwrite the committed dist/
 */
export async function synthKubernetes({ profile = 'kind', out }: SynthOptions = {}): Promise<string> {
  if (profile !== 'kind' && out === undefined) {
    throw new SettingsError([`--profile=${profile}: needs --out <folder>, since dist/ holds the profile kind`]);
  }
  const file = /[/.]/.test(profile) ? path.resolve(profile) : path.join(root, 'k8s/profiles', `${profile}.yaml`);
  const folder = out === undefined ? path.join(root, 'dist') : path.resolve(out);
  const files = renderKubernetes(await readProfile(file));
  const { written, removed } = await writeFolder(folder, files);
  return `${path.relative(process.cwd(), folder) || '.'}/: ${written} files written, ${removed} removed`;
}

import path from 'node:path';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { repositoryFile } from '@tidb-cdc/runtime/repository';
import { requireOwnFolder, writeFolder } from '../../kit/write-folder.ts';
import { profilePath, readProfile } from '../../profile.ts';
import type { Bundles } from './bundles.ts';
import { noticesFile } from './notices.ts';
import { renderKubernetes } from './render.ts';

export interface SynthOptions {
  /** Name of a profile in k8s/profiles, or the path of a YAML file. @default kind */
  readonly profile?: string;
  /** Folder that will hold only the manifests. @default dist/ of the repository, for the default profile */
  readonly out?: string;
}

/**
 * Writes the manifests of a profile, including the code of the programs if the profile names no images.
 *
 * @returns one line that says what was written
 * @throws SettingsError if the profile is invalid, another profile would overwrite the committed dist/, or the folder
 * contains other files
 */
export async function synthKubernetes(bundles: Bundles, { profile = 'kind', out }: SynthOptions = {}): Promise<string> {
  if (profile !== 'kind' && out === undefined) {
    throw new SettingsError([`--profile=${profile}: needs --out <folder>, since dist/ holds the profile kind`]);
  }
  const folder = out === undefined ? repositoryFile('dist') : path.resolve(out);
  await requireOwnFolder(folder, (name) => name === noticesFile || manifest.test(name));
  const files = renderKubernetes(await readProfile(profilePath(profile)), bundles);
  const { written, removed } = await writeFolder(folder, files);
  return `${path.relative(process.cwd(), folder) || '.'}/: ${written} files written, ${removed} removed`;
}

/** Paths in the folder that this writes. */
const manifest = /^(\d{4}-[a-z]+|crs\/[a-z0-9.-]+)\.yaml$/;

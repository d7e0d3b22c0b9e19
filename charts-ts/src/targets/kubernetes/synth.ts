import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { writeFolder } from '../../kit/write-folder.ts';
import { profilePath, readProfile } from '../../profile.ts';
import type { Bundles } from './bundles.ts';
import { noticesFile } from './notices.ts';
import { renderKubernetes } from './render.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

export interface SynthOptions {
  /** A profile of k8s/profiles by its name, or the path of a YAML file. @default kind */
  readonly profile?: string;
  /** Folder that will hold the manifests and nothing else. @default dist/ of the repository, for the default profile */
  readonly out?: string;
}

/**
 * Writes the manifests of a profile, with the code of the programs in them where it names no images.
 *
 * @returns what was written, in a line
 * @throws SettingsError where the profile is wrong, another one would overwrite the committed dist/, or the folder holds
 * files of somebody else
 */
export async function synthKubernetes(bundles: Bundles, { profile = 'kind', out }: SynthOptions = {}): Promise<string> {
  if (profile !== 'kind' && out === undefined) {
    throw new SettingsError([`--profile=${profile}: needs --out <folder>, since dist/ holds the profile kind`]);
  }
  const folder = out === undefined ? path.join(root, 'dist') : path.resolve(out);
  await checkFolder(folder);
  const files = renderKubernetes(await readProfile(profilePath(profile)), bundles);
  const { written, removed } = await writeFolder(folder, files);
  return `${path.relative(process.cwd(), folder) || '.'}/: ${written} files written, ${removed} removed`;
}

/** What this writes, by its path in the folder. */
const manifest = /^(\d{4}-[a-z]+|crs\/[a-z0-9.-]+)\.yaml$/;

/** Manifests of an earlier synth are replaced; somebody's own files must not be. */
async function checkFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const foreign = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .find((name) => name !== noticesFile && !manifest.test(name));
  if (foreign === undefined) return;
  throw new SettingsError([`--out=${folder}: holds '${foreign}', which is no manifest of ours: name an empty folder`]);
}
